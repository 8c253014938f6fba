import { variablesOf, wordOf } from '@alur/templates';
import { listAt, valueAt } from '../load/rules/raw-values.ts';

export interface PartFault {
  /** From the list of parts on. */
  path: readonly (string | number)[];
  message: string;
}

/** Meta's limits on definitions, in characters unless said otherwise. Source: Meta, "Templates: components". */
const LIMITS = {
  header: 60,
  body: 1_024,
  cardBody: 160,
  footer: 60,
  buttons: 10,
  label: 25,
  phone: 20,
  cardsMin: 2,
  cardsMax: 10,
} as const;

/** How many buttons of a kind there may be. */
const BUTTONS: ReadonlyMap<string, number> = new Map([
  ['url', 2],
  ['phone_number', 1],
  ['copy_code', 1],
  ['catalog', 1],
  ['flow', 1],
]);

/** What is over a limit in the parts of a template, or of a card. */
export function lintParts(parts: readonly unknown[], isCard = false): PartFault[] {
  return parts.flatMap((part, index) =>
    lintPart(part, isCard).map(({ path, message }) => ({ path: [index, ...path], message })),
  );
}

function lintPart(part: unknown, isCard: boolean): PartFault[] {
  const text = valueAt(part, ['text']);
  switch (wordOf(valueAt(part, ['type']))) {
    case 'header':
      return [...tooLong(text, LIMITS.header, 'A header'), ...lintHeader(text)];
    case 'body':
      return [...tooLong(text, isCard ? LIMITS.cardBody : LIMITS.body, 'A body'), ...lintVariables(text)];
    case 'footer':
      return tooLong(text, LIMITS.footer, 'A footer');
    case 'buttons':
      return lintButtons(listAt(part, ['buttons']));
    case 'carousel':
      return lintCards(listAt(part, ['cards']));
    default:
      return [];
  }
}

function tooLong(text: unknown, max: number, what: string, path: PartFault['path'] = ['text']): PartFault[] {
  if (typeof text !== 'string' || text.length <= max) return [];
  return [{ path, message: `${what} may have at most ${max} characters, and this one has ${text.length}` }];
}

function lintHeader(text: unknown): PartFault[] {
  if (variablesOf(text).length <= 1) return [];
  return [{ path: ['text'], message: 'A header may have one variable' }];
}

const AT_EDGE = /^\s*\{\{[^{}]*\}\}|\{\{[^{}]*\}\}\s*$/;
const TOUCHING = /\}\}\s*\{\{/;

function lintVariables(text: unknown): PartFault[] {
  if (typeof text !== 'string') return [];
  const path = ['text'];
  return [
    ...(AT_EDGE.test(text) ? [{ path, message: 'A body may neither begin nor end with a variable' }] : []),
    ...(TOUCHING.test(text) ? [{ path, message: 'Two variables of a body may not stand side by side' }] : []),
  ];
}

function lintButtons(buttons: readonly unknown[]): PartFault[] {
  const path = ['buttons'];
  const kinds = buttons.map((button) => wordOf(valueAt(button, ['type'])));
  const many =
    buttons.length > LIMITS.buttons
      ? [{ path, message: `A template may have ${LIMITS.buttons} buttons` }]
      : [];
  const kindsOver = [...BUTTONS].flatMap(([kind, max]) =>
    kinds.filter((each) => each === kind).length > max
      ? [
          {
            path,
            message: `A template may have ${max} ${max === 1 ? 'button' : 'buttons'} of type ${kind.toUpperCase()}`,
          },
        ]
      : [],
  );
  const each = buttons.flatMap((button, index) => [
    ...tooLong(valueAt(button, ['text']), LIMITS.label, 'A label', [...path, index, 'text']),
    ...tooLong(valueAt(button, ['phone_number']), LIMITS.phone, 'A phone number', [
      ...path,
      index,
      'phone_number',
    ]),
  ]);
  return [...many, ...kindsOver, ...lintOrder(kinds), ...each];
}

function lintOrder(kinds: readonly string[]): PartFault[] {
  const groups = kinds.filter((kind, index) => kind === 'quick_reply' && kinds[index - 1] !== 'quick_reply');
  if (groups.length <= 1) return [];
  return [{ path: ['buttons'], message: 'Quick replies must stand side by side, not between other buttons' }];
}

function lintCards(cards: readonly unknown[]): PartFault[] {
  const { cardsMin, cardsMax } = LIMITS;
  const isOff = cards.length < cardsMin || cards.length > cardsMax;
  const inside = cards.flatMap((card, index) =>
    lintParts(listAt(card, ['components']), true).map(({ path, message }) => ({
      path: ['cards', index, 'components', ...path],
      message,
    })),
  );
  return [
    ...(isOff ? [{ path: ['cards'], message: `A carousel has ${cardsMin} to ${cardsMax} cards` }] : []),
    ...inside,
  ];
}
