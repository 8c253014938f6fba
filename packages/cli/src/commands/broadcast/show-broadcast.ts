import { forecast } from '@alur/lists';
import type { Bundle } from '@alur/bundle';
import { countOutcomes, outcomesTold, readWaits, type BroadcastWait, type OutcomeCounts } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readPlaceBundle, withPlace, type Place, type PlaceFlags } from '../../place.ts';
import { isoTime } from '../../moments.ts';
import { renderFields, type Field } from '../../render-fields.ts';
import { describeWaits } from './describe-waits.ts';
import { findBroadcast, type FoundBroadcast } from './find-broadcast.ts';

const WATCH_EVERY_MS = 2_000;

/** `alur broadcast show`; with `watch` a line every two seconds until nothing moves any more. */
export async function showBroadcast(
  id: string,
  given: PlaceFlags & { watch: boolean },
  context: Context,
): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, context.io);
  return withPlace(given, context.io, async (place) => {
    if (given.watch) await watch(id, bundle, place, context);
    const found = await findBroadcast(bundle, place, id);
    const counts = await countOutcomes(place.client, found.ref, found.broadcast.total);
    const endsAt = await endOf(found, counts, place);
    const waits = await waitsOf(found, counts, place);
    const { bid, name, state, reason, number, total, perSecond } = found.broadcast;
    const states = outcomesTold(state, counts.states);
    const told = { recipients: total, ...counts, states, waits: waits.map(toJson), perSecond, endsAt };
    const data = { id: bid, name, state, reason, number, ...told };
    const pauses = { overrides: bundle.errors, nowMs: Date.now() };
    const fields: Field[] = [
      ['id', bid],
      ['name', name],
      ['state', reason === undefined ? state : `${state}: ${reason}`],
      ['recipients', String(total)],
      ...(waits.length > 0 ? [['waits', ...describeWaits(waits, pauses)] satisfies Field] : []),
      ['outcomes', listed(states)],
      ...(counts.states.failed > 0 ? [['failed for', listed(counts.reasons)] satisfies Field] : []),
      ...(endsAt === undefined ? [] : [['over by', endsAt] satisfies Field]),
    ];
    return { exit: EXIT.ok, data, text: `${renderFields(fields, context.colors).join('\n')}\n` };
  });
}

async function endOf(
  { ref, broadcast, number }: FoundBroadcast,
  { states }: OutcomeCounts,
  { client }: Place,
): Promise<string | undefined> {
  if (broadcast.state !== 'running' || !number) return undefined;
  const { perSecond } = broadcast;
  const open = { recipients: states.waiting + states.queued, optedOut: 0, erased: 0, nowMs: Date.now() };
  const rate = perSecond !== undefined && perSecond > 0 ? { perSecond } : {};
  const { endsAtMs } = await forecast(client, ref.shard, number, { ...open, ...rate });
  return Number.isFinite(endsAtMs) ? new Date(endsAtMs).toISOString() : undefined;
}

/** Nothing while it has nobody left to write to. */
async function waitsOf(
  { ref, broadcast, number }: FoundBroadcast,
  { states }: OutcomeCounts,
  { client }: Place,
): Promise<BroadcastWait[]> {
  const isOpen = broadcast.state === 'running' && states.waiting + states.queued > 0;
  return isOpen && number ? readWaits(client, ref.shard, number) : [];
}

function toJson({ untilMs, ...wait }: BroadcastWait) {
  return { ...wait, until: isoTime(untilMs) };
}

function listed(counts: Readonly<Record<string, number | undefined>>): string {
  const known = Object.entries(counts).filter(([, count]) => (count ?? 0) > 0);
  return known.map(([name, count]) => `${count ?? 0} ${name}`).join(', ');
}

async function watch(id: string, bundle: Bundle, place: Place, { io }: Context): Promise<void> {
  let isStopped = false;
  const stopped = io.untilStopped().then(() => (isStopped = true));
  for (;;) {
    const { ref, broadcast } = await findBroadcast(bundle, place, id);
    const { states } = await countOutcomes(place.client, ref, broadcast.total);
    const told = outcomesTold(broadcast.state, states);
    io.stderr.write(`${broadcast.state}: ${listed(told)}; ${broadcast.perSecond ?? 0} a second\n`);
    if (isStopped || (broadcast.state !== 'running' && broadcast.state !== 'scheduled')) return;
    await Promise.race([stopped, new Promise((resolve) => setTimeout(resolve, WATCH_EVERY_MS))]);
  }
}
