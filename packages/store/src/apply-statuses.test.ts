import { afterEach, expect, test } from '@jest/globals';
import { applyStatuses } from './apply-statuses.ts';
import { connect, waitUntilReady, type Connections } from './connection.ts';
import { readNumber } from './numbers.ts';
import { createTierQueues } from './queues.ts';
import { refOf, statusOf } from './testing/said.ts';
import { useStore } from './testing/use-store.ts';
import { findAttempt } from './wamids.ts';

const store = useStore();
let connections: Connections | undefined;
afterEach(async () => {
  await connections?.close();
  connections = undefined;
});
async function depsOf() {
  connections = connect({ url: store.url });
  const client = connections.bull('queue');
  await waitUntilReady(client, 5_000);
  return { client: store.client, queues: createTierQueues(client), shard: 0 };
}

test('applyStatuses() lets the next of a conversation go, as a job, and once', async () => {
  const deps = await depsOf();
  const [a, b] = await store.say([
    { name: 'a', contact: 'c' },
    { name: 'b', contact: 'c' },
  ]);
  if (!a || !b) throw new Error('no messages');
  await store.claim(a);
  const statuses = [statusOf(a, 'sent'), statusOf(a, 'delivered'), statusOf(refOf({ name: 'x' }), 'sent')];
  expect(await applyStatuses(statuses, deps)).toEqual(['settle', 'merged', 'unmatched']);
  expect(await applyStatuses(statuses, deps)).toEqual(['merged', 'merged', 'unmatched']);
  expect(await deps.queues.depth('unlimited', Date.now())).toMatchObject({ waiting: 1 });
  expect(await store.claim(b)).toMatchObject({ kind: 'go' });
});

test('applyStatuses() holds what a failure is about all of', async () => {
  const deps = await depsOf();
  const ref = await store.sayOne();
  await store.claim(ref);
  const failure = { act: 'retry', reason: 'configuration', pause: { of: 'waba' } } as const;
  expect(await applyStatuses([{ ...statusOf(ref, 'failed'), failure }], deps)).toEqual(['again']);
  expect(await readNumber(store.client, 0, ref.number)).toMatchObject({ pausedUntilMs: Infinity });
});

test('applyStatuses() takes any number, and gives out what waited for a wamid', async () => {
  const deps = await depsOf();
  const ref = await store.sayOne();
  await store.claim(ref);
  const untagged = { ...statusOf(ref, 'failed').status, mid: undefined, attempt: undefined };
  await findAttempt(store.client, 0, untagged);
  const strangers = Array.from({ length: 250 }, (_, index) => statusOf(refOf({ name: `x${index}` }), 'sent'));
  const early: unknown[] = [];
  const outcomes = await applyStatuses([...strangers, statusOf(ref, 'sent')], deps, {
    onEarly: (statuses) => early.push(...statuses),
  });
  expect(outcomes).toHaveLength(251);
  expect(outcomes.at(-1)).toBe('settle');
  expect(early).toEqual([expect.objectContaining({ wamid: untagged.wamid, status: 'failed' })]);
});
