import { z } from 'zod';
import { type OutboundMessage, readAs } from '@alur/types';
import { type ChoiceSource } from './action.ts';

/** Something that a message lets the contact tap. */
export interface Choice {
  source: ChoiceSource;
  id: string;
  title: string;
  description?: string;
}

/** All that a message lets the contact tap, in the order in which it is shown. */
export function choicesOf(message: OutboundMessage): Choice[] {
  if (message.kind === 'template') return quickReplies(message.template.components ?? []);
  if (message.kind !== 'interactive') return [];
  const { interactive } = message;
  if (interactive.type === 'button') {
    return interactive.action.buttons.map(({ reply }) => ({ source: 'button', ...reply }));
  }
  if (interactive.type === 'carousel') return interactive.action.cards.flatMap(cardButtons);
  if (interactive.type !== 'list') return [];
  return interactive.action.sections.flatMap(({ rows }) =>
    rows.map(({ id, title, description }) => ({
      source: 'list' as const,
      id,
      title,
      ...(description !== undefined && { description }),
    })),
  );
}

type Interactive = Extract<OutboundMessage, { kind: 'interactive' }>['interactive'];
type Card = Extract<Interactive, { type: 'carousel' }>['action']['cards'][number];

// What is tapped on a card comes as a button of a message does.
function cardButtons(card: Card): Choice[] {
  if (card.type === 'product') return [];
  return (card.action.buttons ?? []).map(({ quick_reply }) => ({ source: 'button', ...quick_reply }));
}

const Cards = z.looseObject({ cards: z.array(z.looseObject({ components: z.array(z.unknown()) })) });
const QuickReply = z.looseObject({
  type: z.literal('button'),
  sub_type: z.literal('quick_reply'),
  parameters: z.array(z.looseObject({ payload: z.string() })),
});

// The words on a template's buttons are at Meta; here the payload stands for them.
function quickReplies(components: readonly unknown[]): Choice[] {
  return components.flatMap((component) => {
    const carousel = readAs(Cards, component).data;
    if (carousel) return carousel.cards.flatMap((card) => quickReplies(card.components));
    const parsed = readAs(QuickReply, component);
    const payload = parsed.data?.parameters[0]?.payload;
    return payload === undefined ? [] : [{ source: 'template', id: payload, title: payload }];
  });
}
