import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openConversation, openStore, readEmitted, readNumber, type Store } from '@alur/store';
import { createLogger } from '@alur/telemetry';
import { eventId, NumberId } from '@alur/types';
import type { AccountNews } from '@alur/whatsapp';
import { aBundle, aNumber, aTeam } from '../../../test/support/bundle.ts';
import { startRedis, type TestRedis } from '../../../test/support/redis.ts';
import { applyNews, createDisplayNumbers, type NewsDeps } from './apply-news.ts';

let redis: TestRedis;
let store: Store;
let deps: NewsDeps;

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  deps = { client: store.client, shards: 1, logger: createLogger({ service: 'test', level: 'silent' }) };
});
afterEach(async () => {
  await store.close();
  await redis.stop();
});

const first = aNumber('1', { businessAccountId: '70', portfolio: '8' });
const second = aNumber('2', { businessAccountId: '70', portfolio: '8' });
const third = aNumber('3', { businessAccountId: '70' });
const all = [first, second, third];

const apply = (news: AccountNews, numbers = all) => {
  const evt = eventId(NumberId.parse('1'), 'account', JSON.stringify(news));
  const item = { kind: 'account' as const, field: 'x', evt, wabaId: '70', news: [news], raw: null };
  return applyNews({ item, numbers }, deps);
};
const stateOf = (number = first) => readNumber(store.client, 0, number);
const learnNames = () =>
  createDisplayNumbers(deps).learn(
    new Map([
      [first, '15550001'],
      [second, '15550002'],
      [third, '15550003'],
    ]),
  );

describe('applyNews()', () => {
  test('tells the subscribers of each team of the WABA what a contact prefers, once', async () => {
    const subscriber = (events: string[]) => ({ id: 'crm', url: 'https://a.b', events, secrets: ['s'] });
    const other = aNumber('4', { businessAccountId: '70', team: 'other' });
    const deaf = aNumber('5', { businessAccountId: '70', team: 'deaf' });
    const bundle = aBundle([
      aTeam('default', 'default', { subscribers: [subscriber(['contact.*'])] }),
      aTeam('default', 'other', { subscribers: [subscriber(['*'])] }),
      aTeam('default', 'deaf', { subscribers: [subscriber(['order.*'])] }),
    ]);
    deps = { ...deps, bundle: () => bundle };
    const news = { kind: 'preference', waId: '15550009', userId: undefined, atS: 100 } as const;
    const numbers = [first, second, other, deaf];
    await apply({ ...news, change: 'out' }, numbers);
    await apply({ ...news, change: 'out' }, numbers);
    await apply({ ...news, change: 'in', atS: 101 }, numbers);
    const told = await readEmitted(store.client, 0, '', 10);
    expect(told.map(({ team, type, at }) => [team, type, at])).toEqual([
      ['default', 'contact.opted_out', 100],
      ['other', 'contact.opted_out', 100],
      ['default', 'contact.opted_in', 101],
      ['other', 'contact.opted_in', 101],
    ]);
    expect(told[0]).toMatchObject({
      contact: { waId: '15550009' },
      payload: { scope: 'marketing', source: 'whatsapp' },
    });
    expect(new Set(told.map(({ id }) => id)).size).toBe(4);
  });

  test('gives a new limit to the number that is named, and to nobody else', async () => {
    await learnNames();
    await apply({ kind: 'tier', scope: 'number', displayNumber: '15550002', tier: '3' });
    const limits = await Promise.all(all.map(async (number) => (await stateOf(number)).tierLimit));
    expect(limits).toEqual([1_000, 100_000, 1_000]);
  });

  test('gives a portfolio’s limit to all of its numbers', async () => {
    await learnNames();
    await apply({ kind: 'tier', scope: 'portfolio', displayNumber: '15550002', tier: 'unlimited' });
    const limits = await Promise.all(all.map(async (number) => (await stateOf(number)).tierLimit));
    expect(limits).toEqual([-1, -1, 1_000]);
  });

  test('leaves all as it is when nobody knows which number is meant', async () => {
    await apply({ kind: 'throughput', displayNumber: '15550002', perSecond: 1_000 });
    expect((await stateOf(second)).throughput).toBe(80);
  });

  test('needs no name where there is one number only', async () => {
    await apply({ kind: 'throughput', displayNumber: '15550002', perSecond: 1_000 }, [second]);
    expect(await stateOf(second)).toMatchObject({ throughput: 1_000, learnt: true });
  });

  test('forgets what it learnt when the operator configures another limit', async () => {
    await apply({ kind: 'throughput', perSecond: 1_000 }, [second]);
    const changed = { ...second, throughput: 20 };
    expect(await stateOf(changed)).toMatchObject({ throughput: 20, learnt: false });
  });

  test('holds a restricted WABA until its end, and a reinstated one no more', async () => {
    const untilMs = Date.now() + 60_000;
    await apply({ kind: 'restriction', scope: 'waba', what: 'all', untilMs });
    expect((await stateOf(third)).pausedUntilMs).toBe(untilMs);
    await apply({ kind: 'reinstated' });
    expect((await stateOf(third)).pausedUntilMs).toBeUndefined();
  });

  test('holds templates alone where replies may still go', async () => {
    await apply({ kind: 'restriction', scope: 'waba', what: 'business_initiated' });
    expect(await stateOf()).toMatchObject({ pausedUntilMs: undefined, templatesPausedUntilMs: Infinity });
  });

  test('never makes a pause shorter', async () => {
    await apply({ kind: 'restriction', scope: 'waba', what: 'all' });
    await apply({ kind: 'restriction', scope: 'waba', what: 'all', untilMs: Date.now() + 1_000 });
    expect((await stateOf()).pausedUntilMs).toBe(Infinity);
  });

  test('blocks a template of the WABA and lets it go again', async () => {
    await apply({ kind: 'template', name: 'news', language: 'en', state: 'paused', untilMs: 5 });
    expect(await store.client.hgetall('{s0}:templates:70')).toEqual({ 'news:en': '5' });
    await apply({ kind: 'template', name: 'news', language: 'en', state: 'approved' });
    expect(await store.client.hgetall('{s0}:templates:70')).toEqual({});
  });

  test('keeps the category of a template beside what blocks it', async () => {
    await apply({ kind: 'template', name: 'news', language: 'en', state: 'paused', untilMs: 5 });
    await apply({ kind: 'template_category', name: 'news', language: 'en', category: 'UTILITY' });
    await apply({ kind: 'template_category', name: 'news', language: 'id', category: 'MARKETING' });
    expect(await store.client.hgetall('{s0}:templates:70')).toEqual({
      'news:en': '5',
      'category/news': 'MARKETING',
    });
  });

  test.each<[AccountNews, string]>([
    [{ kind: 'template_changed', name: 'news', language: 'en' }, 'templates.outdated'],
    [{ kind: 'template_quality', name: 'news', language: 'en', quality: 'red' }, 'templates.quality'],
  ])('tells the operator of %j', async (news, message) => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    deps = { ...deps, logger: createLogger({ service: 'test', level: 'info', destination }) };
    await apply(news);
    expect(lines.filter((line) => line.includes(message))).toEqual([expect.stringContaining('"waba":"70"')]);
    expect(await store.client.exists('{s0}:templates:70')).toBe(0);
  });

  test('keeps a contact’s word on marketing for the tenant', async () => {
    await apply({ kind: 'preference', waId: '628', change: 'out', atS: 10 });
    const wishes = Object.entries(await store.client.hgetall('{s0}:optouts:default'));
    expect(wishes).toEqual([[expect.stringMatching(/^m:/), 'out:10:user_preferences']]);
  });

  test('keeps it for all ids of a contact who is named by one', async () => {
    const both = { waId: '628', userId: 'ID.1' };
    const cid = await openConversation(store.client, 0, first, both);
    await store.client.hset(`{s0}:conv:${cid}`, 'contact', JSON.stringify(both));
    await apply({ kind: 'preference', ...both, change: 'out', atS: 10 }, [first]);
    await apply({ kind: 'preference', waId: '628', change: 'in', atS: 20 }, [first]);
    const wishes = Object.values(await store.client.hgetall('{s0}:optouts:default'));
    expect(wishes).toEqual(['in:20:user_preferences', 'in:20:user_preferences']);
  });

  test('asks the senders to look at the numbers', async () => {
    await apply({ kind: 'quality', event: 'upgrade' });
    expect(await store.client.zrange('{s0}:wakes', '0', '-1')).toEqual(['1', '2', '3']);
  });
});
