import { isDeepStrictEqual } from 'node:util';
import { EventId, InboundEvent, NumberId, StatusUpdate } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { figure } from '../../../../test/support/figure.ts';
import { type GoodItem } from '../testing/good-items.ts';
import { createBodies } from '../testing/webhook-bodies.ts';
import { IdentityChange } from './identity.ts';
import { REJECT_REASONS, type WebhookItem } from './item.ts';
import { completeEvent } from './message.ts';
import { parseWebhook } from './parse-webhook.ts';

// A hundred thousand bodies from one seed: FUZZ_SEED=7 npm run jest -- webhook-bodies repeats a run. A body that fails is in the
// message of the failure.

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_240_229);
const COUNT = 100_000;
/** One body, on a busy machine; a hang takes longer than any of it. */
const ONE_MS_MAX = 2_000;

const News = z.object({ kind: z.string() });
const AccountItem = z.object({
  field: z.string().min(1),
  evt: EventId,
  wabaId: z.string().optional(),
  number: NumberId.optional(),
  at: z.int().nonnegative().optional(),
  news: z.array(News),
  alert: z
    .string()
    .regex(/^-?\w{1,64}$/)
    .optional(),
});
const RejectedItem = z.object({ reason: z.enum(REJECT_REASONS) });

/** Whatever came in: what goes out is whole. */
function checkItem(item: WebhookItem): void {
  switch (item.kind) {
    case 'message':
      InboundEvent.parse(completeEvent(item.message, { tenant: 't', team: 't' }));
      return;
    case 'status':
      StatusUpdate.parse(item.status);
      return;
    case 'identity':
      IdentityChange.parse(item.change);
      return;
    case 'account':
      AccountItem.parse(item);
      return;
    case 'rejected':
      RejectedItem.parse(item);
  }
}

function idOf(item: WebhookItem): unknown {
  if (item.kind === 'message') return item.message.wamid;
  if (item.kind === 'status') return item.status.wamid;
  return Reflect.get(Object(item.kind === 'identity' ? undefined : item.raw), 'mark');
}

/** As it is stored, and without what differs from run to run. */
function stored(item: WebhookItem): unknown {
  const plain = JSON.parse(JSON.stringify(item));
  if (item.kind === 'message') delete plain.message.receivedAtMs;
  if (item.kind === 'account') delete plain.evt;
  return plain;
}

function checkGood({ id, becomes }: GoodItem, items: readonly WebhookItem[]): void {
  const isIdentity = Reflect.get(Object(becomes), 'kind') === 'identity';
  const found = items
    .filter((item) => (isIdentity ? item.kind === 'identity' : idOf(item) === id))
    .map(stored)
    .filter((item) => isDeepStrictEqual(item, becomes));
  if (found.length !== 1) throw new Error(`${id} is there ${found.length} times`);
}

describe('parseWebhook()', () => {
  test('takes each good item of any body for exactly what it is, and lets out only whole items', () => {
    const next = createBodies(SEED);
    const began = process.cpuUsage();
    const seen = { bytes: 0, good: 0, slowestMs: 0, kinds: new Map<string, number>() };
    for (let index = 0; index < COUNT; index += 1) {
      const { body, good } = next();
      const from = performance.now();
      try {
        const parsed = parseWebhook(body, { receivedAtMs: 0 });
        seen.slowestMs = Math.max(seen.slowestMs, performance.now() - from);
        if (parsed.kind !== 'items') throw new Error(parsed.reason);
        parsed.items.forEach(checkItem);
        for (const item of good) checkGood(item, parsed.items);
        for (const { kind } of parsed.items) seen.kinds.set(kind, (seen.kinds.get(kind) ?? 0) + 1);
      } catch (error) {
        throw new Error(`FUZZ_SEED=${SEED}, body ${index}: ${body.toString()}`, { cause: error });
      }
      seen.bytes += body.length;
      seen.good += good.length;
    }
    const seconds = (process.cpuUsage(began).user / 1_000_000).toFixed(1);
    const kinds = [...seen.kinds].map(([kind, count]) => `${count} ${kind}`).join(', ');
    figure(
      `${COUNT} bodies, seed ${SEED}: ${seconds} s of one core, the slowest ${seen.slowestMs.toFixed(0)} ms`,
    );
    figure(`${(seen.bytes / 1e6).toFixed(0)} MB, ${seen.good} good items, ${kinds}`);
    expect(seen.slowestMs).toBeLessThan(ONE_MS_MAX);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });
});
