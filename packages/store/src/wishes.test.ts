import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { templateNamed } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';
import { setWish, type Wish } from './wishes.ts';

const store = useStore();
const wishOf = (over: Partial<Wish> = {}): Wish => ({
  tenant: 'default',
  contact: { waId: 'c' },
  change: 'out',
  scope: 'all',
  atS: 100,
  source: 'operator',
  ...over,
});
const wish = (over: Partial<Wish> = {}) => setWish(store.client, 0, wishOf(over));
let said = 0;

/** What a contact still gets: tried with a text and a template. */
async function gets(contact: string): Promise<'everything' | 'no marketing' | 'nothing'> {
  const claims: string[] = [];
  for (const message of [undefined, templateNamed('offer')]) {
    store.clock.nowMs += 100;
    const name = `m${(said += 1)}`;
    const ref = await store.sayOne({ name, contact, ...(message && { message }) });
    const { kind } = await store.claim(ref);
    claims.push(kind);
    if (kind === 'go') await store.finish(ref, 1, { kind: 'sent', wamid: name });
  }
  if (claims[0] === 'ended') return 'nothing';
  return claims[1] === 'ended' ? 'no marketing' : 'everything';
}

describe('setWish()', () => {
  test('keeps a wish under every id of the contact, without showing one, for its tenant alone', async () => {
    await wish({ contact: { waId: '15550001', userId: 'US.1' } });
    const all = await store.client.hgetall(store.keys.optOuts('default'));
    expect(Object.values(all)).toEqual(['out:100:operator', 'out:100:operator']);
    expect(JSON.stringify(all)).not.toMatch(/15550001|US\.1/);
    expect(await store.client.exists(store.keys.optOuts('other'))).toBe(0);
  });

  test.each<[string, Partial<Wish>[], string]>([
    ['the later one', [{ atS: 100 }, { change: 'in', atS: 101 }], 'everything'],
    ['the later one, heard first', [{ change: 'in', atS: 101 }, { atS: 100 }], 'everything'],
    ['out, when both are of one second', [{ change: 'in' }, { change: 'out' }], 'nothing'],
    [
      'out, when both are of one second, in the other order',
      [{ change: 'out' }, { change: 'in' }],
      'nothing',
    ],
    ['both kinds beside each other', [{ atS: 100 }, { scope: 'marketing', atS: 101 }], 'nothing'],
    ['a wish about marketing', [{ scope: 'marketing' }], 'no marketing'],
    [
      'a stop of all, whoever takes marketing',
      [{ atS: 100 }, { change: 'in', scope: 'marketing', atS: 101 }],
      'nothing',
    ],
    [
      'that who came back to all came back',
      [{ scope: 'marketing' }, { change: 'in', atS: 101 }],
      'everything',
    ],
    [
      'a stop of marketing after coming back',
      [{ change: 'in', atS: 99 }, { scope: 'marketing' }],
      'no marketing',
    ],
  ])('keeps %s', async (_name, wishes, expected) => {
    for (const each of wishes) await wish(each);
    expect(await gets('c')).toBe(expected);
  });

  test('ends the same in every order and number', async () => {
    const wishes = fc.array(
      fc.record({
        change: fc.constantFrom<Wish['change']>('in', 'out'),
        scope: fc.constantFrom<Wish['scope']>('all', 'marketing'),
        atS: fc.integer({ min: 1, max: 4 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const orders = wishes.chain((some) =>
      fc.tuple(fc.constant(some), fc.shuffledSubarray([...some, ...some], { minLength: 2 * some.length })),
    );
    let contacts = 0;
    await fc.assert(
      fc.asyncProperty(orders, async (pair) => {
        const results: string[] = [];
        for (const order of pair) {
          const waId = `c${(contacts += 1)}`;
          for (const each of order) await wish({ ...each, contact: { waId } });
          results.push(await gets(waId));
        }
        expect(results[1]).toBe(results[0]);
      }),
      { numRuns: 100 },
    );
  });
});
