import { hash, MessageId, NumberId, type StatusUpdate } from '@alur/types';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { useStore } from './testing/use-store.ts';
import { earlyKey, findAttempt, parseEarly, shortWamid, wamidsKey } from './wamids.ts';

const store = useStore();
const number = NumberId.parse('100200300');
const mid = MessageId.parse(hash('mid', 'm'));
const status: StatusUpdate = { number, wamid: 'wamid.A', status: 'failed', at: 1, errorCode: 131026 };
const find = (over: Partial<StatusUpdate> = {}) => findAttempt(store.real, 0, { ...status, ...over });
const learn = () =>
  store.real.hset(wamidsKey(0, number, 'wamid.A'), shortWamid(number, 'wamid.A'), `${mid}12`);

afterEach(() => {
  jest.restoreAllMocks();
});

describe('findAttempt()', () => {
  test('finds the attempt by the wamid, of the same number alone', async () => {
    await learn();
    expect(await find()).toEqual({ mid, attempt: 12 });
    expect(await find({ number: NumberId.parse('200') })).toBeUndefined();
  });

  test.each([
    ['a day later', 86_400_000],
    ['by a clock that is an hour behind', -3_599_999],
  ])('finds it %s', async (_name, ms) => {
    const midnight = Math.floor(Date.now() / 86_400_000) * 86_400_000;
    const now = jest.spyOn(Date, 'now').mockReturnValue(midnight);
    await learn();
    now.mockReturnValue(midnight + ms);
    expect(await find()).toEqual({ mid, attempt: 12 });
  });

  test('keeps a status that came too early for a day, sixteen a wamid', async () => {
    for (let index = 0; index < 20; index += 1) expect(await find({ at: index })).toBeUndefined();
    const key = earlyKey(0, number, 'wamid.A');
    const kept = parseEarly(await store.real.lrange(key, 0, -1));
    expect(kept.map(({ at }) => at)).toEqual(Array.from({ length: 16 }, (_, index) => index));
    expect(await store.real.ttl(key)).toBe(86_400);
    expect(key).not.toContain('wamid.A');
  });
});
