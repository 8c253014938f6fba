import type { Bundle, BusinessNumber } from '@alur/bundle';
import {
  lastEventAt,
  lastStatusAt,
  readInboxBacklog,
  shardOf,
  tallyAside,
  tallyDead,
  type RedisClient,
  type Tally,
} from '@alur/store';
import { renderSpan } from '../../../moments.ts';
import { count } from '../../../report.ts';
import { fail, ok, warn, type Check, type Verdict } from '../check.ts';
import type { RedisVisit } from '../redis-visit.ts';

const DAY_MS = 86_400_000;

/** What has come in of late, and what became of it. */
export function intakeChecks(bundle: Bundle, redis: RedisVisit, needs: Check[]): Check[] {
  const teams = bundle.tenants.flatMap((tenant) => tenant.teams).filter(({ enabled }) => enabled);
  const numbers = teams.flatMap((team) => team.numbers);
  const tally = async (read: typeof tallyAside) => {
    const sinceMs = Date.now() - DAY_MS;
    const shards = await shardsOf(bundle, redis);
    return joined(await Promise.all(shards.map((shard) => read(redis.client, shard, sinceMs))));
  };
  return [
    { id: 'intake.webhooks', about: '', needs, run: () => checkEvents(bundle, redis) },
    { id: 'intake.statuses', about: '', needs, run: () => checkStatuses(numbers, redis) },
    { id: 'intake.aside', about: '', needs, run: async () => asideVerdict(await tally(tallyAside)) },
    { id: 'intake.backlog', about: '', needs, run: () => checkBacklog(bundle, redis) },
    { id: 'outbox.dead', about: '', needs, run: async () => deadVerdict(await tally(tallyDead)) },
  ];
}

/** The shards that tenants of the bundle are in. */
async function shardsOf({ tenants }: Bundle, redis: RedisVisit): Promise<number[]> {
  const shards = await redis.shards();
  return [...new Set(tenants.map(({ id }) => shardOf(id, shards)))];
}

async function checkEvents(bundle: Bundle, redis: RedisVisit): Promise<Verdict> {
  const shards = await shardsOf(bundle, redis);
  const times = await Promise.all(shards.map((shard) => lastEventAt(redis.client, shard)));
  const last = Math.max(0, ...times.map((at) => at ?? 0));
  if (last > 0) return ok(`the last event came ${renderSpan(Date.now() - last)} ago`);
  const fix =
    "write to the number from a phone; if nothing comes, see the lines of `webhook` and `waba`, and the app's dashboard at Meta under Webhooks";
  return warn('no event has come yet', fix);
}

async function checkStatuses(numbers: readonly BusinessNumber[], redis: RedisVisit): Promise<Verdict> {
  const times = await lastStatuses(numbers, redis.client, await redis.shards());
  const last = Math.max(0, ...times);
  if (last > 0) return ok(`the last message that had one was sent ${renderSpan(Date.now() - last)} ago`);
  const fix = 'send a message; if no status comes, see the lines of `webhook` and `waba`';
  return warn('no message has had a status in the last 8 days', fix);
}

function lastStatuses(numbers: readonly BusinessNumber[], client: RedisClient, shards: number) {
  return Promise.all(
    numbers.map(async ({ id, tenant }) => (await lastStatusAt(client, shardOf(tenant, shards), id)) ?? 0),
  );
}

// News of the account, which is kept whatever it says.
const HARMLESS: ReadonlySet<string> = new Set(['account_field']);

function asideVerdict({ counts, isCut }: Tally): Verdict {
  const found = [...counts].filter(([reason]) => !HARMLESS.has(reason));
  if (found.length === 0) return ok('nothing');
  const fix =
    'docs/reliability.md says what each reason means; XREVRANGE of the key `quarantine` shows what came';
  return warn(renderTally(found, isCut), fix);
}

function deadVerdict({ counts, isCut }: Tally): Verdict {
  if (counts.size === 0) return ok('none');
  return warn(renderTally([...counts], isCut), 'see `alur dead list`, which has the reason and what to do');
}

function joined(tallies: readonly Tally[]): Tally {
  const counts = new Map<string, number>();
  for (const [reason, amount] of tallies.flatMap((tally) => [...tally.counts]))
    counts.set(reason, (counts.get(reason) ?? 0) + amount);
  return { counts, isCut: tallies.some(({ isCut }) => isCut) };
}

function renderTally(counts: readonly (readonly [string, number])[], isCut: boolean): string {
  const rows = counts.toSorted(([, a], [, b]) => b - a).map(([reason, amount]) => `${reason} ${amount}`);
  return `${rows.join(', ')}${isCut ? ', and more' : ''}`;
}

const AGE_WARN_S = 60;
const AGE_FAIL_S = 600;

async function checkBacklog(bundle: Bundle, redis: RedisVisit): Promise<Verdict> {
  const shards = await shardsOf(bundle, redis);
  const all = await Promise.all(shards.map((shard) => readInboxBacklog(redis.client, shard)));
  const ready = all.reduce((sum, each) => sum + each.ready, 0);
  const ageS = Math.max(0, ...all.map(({ oldestAgeS }) => oldestAgeS));
  if (ready === 0) return ok('nothing waits');
  const found = `${count(ready, 'conversation')}, the oldest since ${renderSpan(ageS * 1_000)}`;
  const fix = 'start more flow-runners, and see in their log what takes so long';
  if (ageS > AGE_FAIL_S) return fail(found, fix);
  return ageS > AGE_WARN_S ? warn(found, fix) : ok(found);
}
