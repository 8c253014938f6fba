import { describe, expect, test } from '@jest/globals';
import { OutboundMessage } from '@alur/types';
import fc from 'fast-check';
import { figure } from '../../../../test/support/figure.ts';
import { OUTBOUND_EXAMPLES } from '../testing/outbound-messages.ts';
import { listMediaFiles, withMediaIds } from './media-files.ts';
import { renderMessage } from './render-message.ts';

const RUNS = 2000;

// A right message of some kind, with some of its parts taken out, replaced, or given members that Meta does not have.
const piece = fc.oneof(
  fc.constantFrom<unknown>(undefined, null, true, 0, -1, 3600, '', 'x', ' x ', 'a\nb', '👍', '9'),
  fc.constantFrom<unknown>('x'.repeat(21), 'x'.repeat(5000), 'https://a.example', 'media/a.png', [], {}),
  fc.constantFrom<unknown>(NaN, Infinity, new Date(0), Symbol('s'), 10n),
  fc.jsonValue(),
);
const change = fc.record({
  at: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'add', 'double'),
  piece,
  name: fc.constantFrom('file', 'link', 'extra', 'voice', '__proto__', 'toString', 'parameter_name'),
});
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

const mutated = fc
  .tuple(fc.constantFrom(...OUTBOUND_EXAMPLES), fc.array(change, { maxLength: 3 }))
  .map(([{ message }, changes]) =>
    changes.reduce<unknown>(
      (value, each) => changed(value, { left: each.at % partsOf(value) }, each),
      message,
    ),
  );

function partsOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((count, member) => count + partsOf(member), 1);
}

/** The value with one change at its nth part. */
function changed(value: unknown, count: { left: number }, { how, piece: other, name, at }: Change): unknown {
  const here = count.left === 0;
  count.left -= 1;
  if (here && how === 'replace') return other;
  const inner = (part: unknown) => changed(part, count, { how, piece: other, name, at });
  if (Array.isArray(value)) {
    if (here && how === 'double') return [...value, ...value].map((part: unknown) => part);
    return here && how === 'remove' ? value.slice(1) : value.map((part: unknown) => inner(part));
  }
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value);
  if (here && how === 'add') return Object.fromEntries([...members, [name, other]]);
  if (here && how === 'remove') return Object.fromEntries(members.slice(0, -1));
  return Object.fromEntries(members.map(([key, part]) => [key, inner(part)]));
}

/** Whether it is what JSON can carry, and nothing else; a member that may be missing may be undefined. */
function isPlain(value: unknown, mayMiss: boolean): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) return value.every((item) => isPlain(item, mayMiss));
  return Object.values(value).every(
    (member) => (member === undefined && mayMiss) || isPlain(member, mayMiss),
  );
}

describe('renderMessage()', () => {
  test('renders whatever the schema takes to plain JSON, or says that JSON cannot carry it', () => {
    let taken = 0;
    let refused = 0;
    fc.assert(
      fc.property(mutated, (candidate) => {
        const parsed = OutboundMessage.safeParse(candidate);
        if (!parsed.success) return;
        const ids = new Map(listMediaFiles(parsed.data).map((path) => [path, 'id']));
        const message = withMediaIds(parsed.data, ids);
        let body: unknown;
        try {
          body = renderMessage(message, { waId: '1650' }, { opaque: 'o' });
        } catch (error) {
          // Members that Meta may add are the author's: one that is no JSON at all is refused.
          expect(error).toMatchObject({ name: 'RenderError', code: 'not_json' });
          expect(isPlain(message, true)).toBe(false);
          refused += 1;
          return;
        }
        taken += 1;
        expect(isPlain(body, false)).toBe(true);
        expect(JSON.parse(JSON.stringify(body))).toStrictEqual(body);
        const expected = message.kind === 'media' ? message.media.type : message.kind;
        if (message.kind !== 'raw') expect(body).toMatchObject({ type: expected, to: '1650' });
      }),
      { numRuns: RUNS, seed: 20261127 },
    );
    figure(`${RUNS} messages: ${taken} rendered, ${refused} that JSON cannot carry`);
    expect(taken).toBeGreaterThan(RUNS / 10);
  });
});
