import { findNumber, type Bundle, type BusinessNumber } from '@alur/bundle';
import {
  credentialMark,
  due,
  forgetMessage,
  putOff,
  readMessage,
  shardOf,
  sweep,
  wakeNumber,
  type RedisClient,
  type StatusTeller,
  type TierQueues,
} from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { SenderReport } from './report.ts';
import { tellDead } from './tell-dead.ts';
import { wantedOf } from './wanted-of.ts';
import type { Waker } from './waker.ts';

const MESSAGES_MAX = 200;
const NUMBERS_MAX = 1_000;
// What belongs to a number that was taken out of the bundle stays, and must not crowd out the others.
const NUMBER_GONE_MS = 60_000;

export interface SweepDeps {
  client: RedisClient;
  queues: TierQueues;
  shards: number;
  bundle: () => Bundle | undefined;
  graceMs: number;
  floorMs: number;
  waker: Waker;
  report: SenderReport;
  teller: StatusTeller;
  logger: Logger;
}

/**
 * Looks at all that is due, by Redis's clock: jobs that were lost are added again, attempts whose sender was lost become
 * unknown, unknowns past their grace are judged, numbers whose wait is over go on. Any number of senders may sweep at once.
 */
export async function sweepOutbox(deps: SweepDeps): Promise<void> {
  const bundle = deps.bundle();
  if (!bundle) return;
  for (let shard = 0; shard < deps.shards; shard += 1) {
    const { numbers, mids, nowMs } = await due(deps.client, shard, {
      numbers: NUMBERS_MAX,
      messages: MESSAGES_MAX,
    });
    const retryAtMs = nowMs + NUMBER_GONE_MS;
    await Promise.all(mids.map((mid) => sweepOne(mid, { ...deps, bundle, shard, retryAtMs })));
    for (const id of numbers) {
      const number = findNumber(bundle, id);
      if (number) deps.waker.look(number, 0);
      else await putOff(deps.client, shard, { number: id }, retryAtMs);
    }
  }
}

/** Lets go what may of one number. Resolves to when to look again, in ms. */
export async function wakeOne(
  number: BusinessNumber,
  { client, queues, shards }: Pick<SweepDeps, 'client' | 'queues' | 'shards'>,
): Promise<number | undefined> {
  const shard = shardOf(number.tenant, shards);
  const { admitted, nextMs } = await wakeNumber(client, shard, number, credentialMark(number.accessToken));
  await queues.add(number.tier, { shard, number: number.id }, admitted);
  return nextMs;
}

/** Looks at every number of the bundle, when what holds for it may have changed. */
export async function wakeNumbers(
  deps: Pick<SweepDeps, 'client' | 'queues' | 'shards' | 'bundle'>,
): Promise<void> {
  const teams = deps.bundle()?.tenants.flatMap((tenant) => tenant.teams) ?? [];
  await Promise.all(teams.flatMap((team) => team.numbers).map((number) => wakeOne(number, deps)));
}

async function sweepOne(
  mid: string,
  {
    bundle,
    shard,
    retryAtMs,
    ...deps
  }: Omit<SweepDeps, 'bundle'> & { bundle: Bundle; shard: number; retryAtMs: number },
): Promise<void> {
  const { client, queues, graceMs, floorMs, report } = deps;
  const data = await readMessage(client, shard, mid);
  if (!data) return forgetMessage(client, shard, mid);
  const number = findNumber(bundle, data.number);
  if (!number) return putOff(client, shard, { mid }, retryAtMs);
  const ref = { mid: data.mid, cid: data.cid, class: data.class, shard, number };
  const onUnknown = bundle.onUnknown[data.class];
  const wanted = wantedOf(bundle, number);
  const policy = { graceMs, floorMs, onUnknown, keepS: bundle.recordKeepS, wanted };
  const swept = await sweep(client, ref, policy);
  await queues.add(number.tier, { shard, number: number.id }, swept.admitted);
  if (swept.action === 'job') await queues.remind(number.tier, { ...ref, number: number.id }, swept.attempt);
  report.swept(mid, swept);
  if (swept.action !== 'parked') return;
  await tellDead({ mid: data.mid, number, attempt: swept.attempt, reason: 'unknown_outcome' }, deps);
}
