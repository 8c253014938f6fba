import { describe, expect, test } from '@jest/globals';
import { NumberId } from '@alur/types';
import { findMediaIds, forgetMediaId, keepMediaId, takeMediaLease } from './media-ids.ts';
import { useStore } from './testing/use-store.ts';

const store = useStore();
const place = { shard: 0, number: NumberId.parse('100200300'), sha256: 'ab'.repeat(32) };
const other = { ...place, number: NumberId.parse('100200301') };
const another = { ...place, sha256: 'cd'.repeat(32) };
const media = { id: '4490709327384033', atMs: 1_790_000_000_000 };
const found = (at = place) => findMediaIds(store.real, at, [place.sha256, another.sha256]);

describe('media ids', () => {
  test('are of one number and one file', async () => {
    expect(await found()).toEqual(new Map());
    await keepMediaId(store.real, place, media);
    expect(await found()).toEqual(new Map([[place.sha256, media]]));
    expect(await found(other)).toEqual(new Map());
    expect(await findMediaIds(store.real, place, [])).toEqual(new Map());
  });

  test('are kept for a day less than Meta does, under names that tell nothing', async () => {
    await keepMediaId(store.real, place, media);
    const [key = ''] = await store.real.keys('*');
    expect(key).toMatch(/^\{s0\}:media:[0-9a-f]{32}$/);
    expect(await store.real.ttl(key)).toBe(29 * 86_400);
  });

  test('are forgotten when they were refused, but not one that came since', async () => {
    await keepMediaId(store.real, place, media);
    await forgetMediaId(store.real, place, { ...media, id: 'older' });
    expect((await found()).size).toBe(1);
    await forgetMediaId(store.real, place, media);
    expect((await found()).size).toBe(0);
  });

  test('are not read from something else', async () => {
    await keepMediaId(store.real, place, media);
    const [key = ''] = await store.real.keys('*');
    await store.real.set(key, 'broken');
    expect((await found()).size).toBe(0);
  });
});

describe('takeMediaLease()', () => {
  test('gives the upload of a file to one of many', async () => {
    const leases = await Promise.all(
      Array.from({ length: 20 }, () => takeMediaLease(store.real, place, 30_000)),
    );
    const [lease, ...more] = leases.filter((each) => each !== undefined);
    expect(more).toEqual([]);
    expect(await takeMediaLease(store.real, other, 30_000)).toBeDefined();
    expect(await takeMediaLease(store.real, another, 30_000)).toBeDefined();
    await lease?.release();
    expect(await takeMediaLease(store.real, place, 30_000)).toBeDefined();
  });

  test('ends by itself unless it is renewed, and leaves the next one alone', async () => {
    const first = await takeMediaLease(store.real, place, 30_000);
    expect(await first?.renew()).toBe(true);
    const key = (await store.real.keys('*'))[0] ?? '';
    expect(await store.real.pttl(key)).toBeGreaterThan(29_000);
    await store.real.del(key);
    const next = await takeMediaLease(store.real, place, 30_000);
    expect(await first?.renew()).toBe(false);
    await first?.release();
    expect(await next?.renew()).toBe(true);
  });
});
