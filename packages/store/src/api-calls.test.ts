import { describe, expect, test } from '@jest/globals';
import { spendCall, type SpentCall } from './api-calls.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const caller = { tenant: 'acme', team: 'shop', key: 'crm' };
const limit = { perSecond: 10, burst: 20 };
const spend = (who = caller, of = limit) => spendCall(store.client, 0, who, of);

async function spendAll(times: number): Promise<SpentCall[]> {
  const all: SpentCall[] = [];
  for (let each = 0; each < times; each += 1) all.push(await spend());
  return all;
}

describe('spendCall()', () => {
  test('lets a burst through and then as many as flow in', async () => {
    const burst = await spendAll(21);
    expect(burst.map(({ spent }) => spent)).toEqual([...Array<boolean>(20).fill(true), false]);
    expect(burst[0]).toEqual({ spent: true, left: 19, waitMs: 0, fullMs: 100 });
    expect(burst[20]).toEqual({ spent: false, left: 0, waitMs: 100, fullMs: 2_000 });
    store.clock.nowMs += 100;
    expect((await spendAll(2)).map(({ spent }) => spent)).toEqual([true, false]);
    store.clock.nowMs += 3_600_000;
    expect(await spend()).toMatchObject({ spent: true, left: 19 });
  });

  test('gives nobody more for a clock that goes back and forth', async () => {
    await spendAll(20);
    store.clock.nowMs -= 60_000;
    expect(await spend()).toMatchObject({ spent: false });
    store.clock.nowMs += 60_000;
    expect(await spend()).toMatchObject({ spent: false });
  });

  test('counts each key for each team alone, names nobody in Redis, and leaves nothing behind', async () => {
    await spendAll(20);
    expect(await spend({ ...caller, key: 'shop' })).toMatchObject({ spent: true });
    expect(await spend({ ...caller, team: 'desk' })).toMatchObject({ spent: true });
    expect(await spend({ ...caller, tenant: 'other' })).toMatchObject({ spent: true });
    const names = await store.client.keys('*');
    expect(names).toHaveLength(4);
    for (const name of names) {
      expect(name).toMatch(/^\{s0\}:calls:[0-9a-f]{32}$/);
      expect(await store.client.pttl(name)).toBeLessThanOrEqual(2_000);
    }
  });

  test('goes by a new limit from the next call on', async () => {
    await spendAll(5);
    expect(await spend(caller, { perSecond: 1, burst: 2 })).toMatchObject({ spent: true, left: 1 });
  });
});
