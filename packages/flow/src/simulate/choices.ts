import { z } from 'zod';
import { type OutboundMessage } from '@alur/types';
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

const QuickReply = z.looseObject({
  type: z.literal('button'),
  sub_type: z.literal('quick_reply'),
  parameters: z.array(z.looseObject({ payload: z.string() })),
});

// The words on a template's buttons are at Meta; here the payload stands for them.
function quickReplies(components: readonly unknown[]): Choice[] {
  return components.flatMap((component) => {
    const parsed = QuickReply.safeParse(component);
    const payload = parsed.data?.parameters[0]?.payload;
    return payload === undefined ? [] : [{ source: 'template', id: payload, title: payload }];
  });
}
