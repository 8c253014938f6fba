import { describe, expect, test } from '@jest/globals';
import { foresee } from './foresee.ts';
import { ledgerKey } from './keys.ts';
import { cidOf, contactOf, messageOf, numberOf, refOf, templateNamed, type Said } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';
import { setWish } from './wishes.ts';

const store = useStore();
const number = numberOf();
const look = (said: Said) => foresee(store.client, 0, said.number ?? number, messageOf(said));

const WISHES = ['none', 'all', 'marketing'] as const;
const MESSAGES: Record<string, Partial<Said>> = {
  'a text': {},
  'a text that is skipped outside the window': { outsideWindow: 'skip' },
  'a text with a utility template': { outsideWindow: templateNamed('t'), outsideCategory: 'UTILITY' },
  'a text with a marketing template': { outsideWindow: templateNamed('t'), outsideCategory: 'MARKETING' },
  'a template of no known category': { message: templateNamed('t') },
  'a utility template': { message: templateNamed('t'), category: 'UTILITY' },
  'a marketing template': { message: templateNamed('t'), category: 'MARKETING' },
};

const CASES = WISHES.flatMap((wish) =>
  Object.keys(MESSAGES).flatMap((name) =>
    [true, false].map((isOpen) => ({ wish, name, isOpen, window: isOpen ? 'open' : 'closed' })),
  ),
);

async function wishFor(said: Said, wish: (typeof WISHES)[number]): Promise<void> {
  if (wish === 'none') return;
  await setWish(store.client, 0, {
    tenant: number.tenant,
    contact: { waId: contactOf(said) },
    change: 'out',
    scope: wish,
    atS: Math.floor(store.clock.nowMs / 1000),
    source: 'operator',
  });
}

describe('foresee()', () => {
  test.each(CASES)(
    'says of $name what claim() says: window $window, opted out of $wish',
    async ({ wish, name, isOpen }) => {
      const said: Said = { name: 'm', ...MESSAGES[name] };
      await store.say([said], { heard: false });
      if (isOpen) await store.hear(contactOf(said));
      await wishFor(said, wish);
      const { stop } = await look({ ...said, name: 'other', contact: contactOf(said) });
      const claimed = await store.claim(refOf(said));
      const dead = claimed.kind === 'ended' && claimed.state === 'dead' ? claimed.reason : undefined;
      expect(stop).toBe(dead);
      if (name === 'a text')
        expect(stop).toBe(wish === 'all' && isOpen ? 'opted_out' : isOpen ? undefined : 'window_closed');
    },
  );

  test('goes by the category that Meta has told since', async () => {
    const said: Said = { name: 'm', message: templateNamed('t'), category: 'UTILITY' };
    await wishFor(said, 'marketing');
    expect(await look(said)).toMatchObject({ stop: undefined });
    await store.client.hset(store.keys.templates('n-100200300'), 'category/t', 'MARKETING');
    expect(await look(said)).toMatchObject({ stop: 'opted_out' });
  });

  test('counts what waits and what the tier has room for, and changes nothing', async () => {
    const tiered = numberOf({ tier: '1' });
    const said = [1, 2, 3].map((each) => ({ name: `m${each}`, contact: 'c', number: tiered }));
    await store.say([...said, { name: 'n', number: tiered }]);
    await store.client.zadd(
      ledgerKey(store.keys, tiered),
      store.clock.nowMs,
      'who',
      store.clock.nowMs - 86_400_001,
      'old',
    );
    const before = await store.dump('');
    expect(await look({ name: 'next', contact: 'c', number: tiered })).toEqual({
      known: undefined,
      stop: undefined,
      room: { tier: { limit: 1_000, used: 1 }, waiting: 2, chain: 3 },
    });
    expect(await store.dump('')).toEqual(before);
    expect((await look({ name: 'next' })).room.tier).toBeUndefined();
  });

  test('knows a message by its id until it is withdrawn', async () => {
    await store.sayOne({ name: 'm' });
    expect((await look({ name: 'm' })).known).toMatchObject({ mid: refOf({ name: 'm' }).mid, kind: 'text' });
    await store.client.hset(store.keys.message(refOf({ name: 'm' }).mid), 'state', 'withdrawn');
    expect((await look({ name: 'm' })).known).toBeUndefined();
  });

  test('follows a conversation into the one that it became part of', async () => {
    await store.hear('new');
    await store.client.hset(store.keys.conversation(cidOf('old')), 'into', cidOf('new'));
    expect(await look({ name: 'm', contact: 'old' })).toMatchObject({ stop: undefined });
    await store.client.hset(store.keys.conversation(cidOf('new')), 'into', cidOf('old'));
    await expect(look({ name: 'm', contact: 'old' })).rejects.toThrow('too many others');
  });
});
