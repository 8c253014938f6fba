import {
  countOptedOut,
  countSkipped,
  createSeenContacts,
  fillBroadcast,
  forecast,
  type BroadcastForecast,
  type FillReport,
} from '@alur/lists';
import { shardOf } from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readPlaceBundle, withPlace, type Place } from '../../place.ts';
import { findBroadcast } from './find-broadcast.ts';
import {
  countryOf,
  formatOf,
  openFile,
  readPlan,
  type FileFlags,
  type PlanFlags,
  type Planned,
} from './plan-flags.ts';
import { renderFill } from './render-fill.ts';
import { templateWarnings } from './template-warnings.ts';

/** `alur broadcast check`: of a draft, or of files that nothing was made of yet. Writes nothing. */
export async function checkBroadcast(
  id: string | undefined,
  given: Partial<PlanFlags> & FileFlags,
  context: Context,
): Promise<Outcome> {
  const { io } = context;
  const bundle = await readPlaceBundle(given, io);
  const { template, file, tenant = 'default', team = 'default' } = given;
  if (id !== undefined)
    return withPlace(given, io, async (place) => {
      const { ref, broadcast, number, team } = await findBroadcast(bundle, place, id);
      if (!number) throw new CliError('notFound', 'Its number is not in the bundle any more', 'put it back');
      const skipped = await countSkipped(place.client, ref, broadcast);
      const given = { recipients: broadcast.total, ...skipped, nowMs: Date.now() };
      const warnings = templateWarnings(team, bundle.dir);
      return { ...outcomeOf(await forecast(place.client, ref.shard, number, given)), warnings };
    });
  if (template === undefined || file === undefined)
    throw new CliError(
      'usage',
      'Nothing is named that could be checked',
      'give an id, or --template and --file',
    );
  const planned = await readPlan('check', { ...given, template, tenant, team }, bundle, io);
  const warnings = templateWarnings(planned.team, bundle.dir);
  return withPlace(given, io, async (place) => ({
    ...(await checkFile(planned, file, given, { place, context })),
    warnings,
  }));
}

async function checkFile(
  { team, number, plan }: Planned,
  file: string,
  given: FileFlags,
  { place, context }: { place: Place; context: Context },
): Promise<Outcome> {
  const seen = createSeenContacts();
  const where = { shard: shardOf(team.tenant, place.shards), tenant: team.tenant };
  let optedOut = 0;
  const report = await fillBroadcast(openFile(file, context.io), {
    plan,
    format: formatOf(file, given),
    country: countryOf(team),
    take: async (recipients) => {
      const said = recipients.map((each) => (seen.add(each) ? ('added' as const) : ('twice' as const)));
      const fresh = recipients.filter((_, index) => said[index] === 'added');
      optedOut += await countOptedOut(place.client, where, fresh, plan.category);
      return said;
    },
  });
  const facts = { recipients: report.added, optedOut, erased: 0, nowMs: Date.now() };
  return outcomeOf(await forecast(place.client, where.shard, number, facts), { file, report });
}

function outcomeOf(plan: BroadcastForecast, read?: { file: string; report: FillReport }): Outcome {
  const { toSend, optedOut, erased, tier, now, within24h, perSecond, endsAtMs } = plan;
  const limit = tier.limit < 0 ? 'no limit' : `${tier.limit} contacts in 24 hours, ${tier.used} used`;
  const ends = Number.isFinite(endsAtMs) ? new Date(endsAtMs).toISOString() : 'never: the tier is 0';
  const lines = [
    ...(read ? renderFill(read.file, read.report) : []),
    `${toSend} would get it; ${optedOut} opted out${erased > 0 ? `; ${erased} were erased` : ''}`,
    `tier: ${limit}; ${now} at once, ${within24h} within 24 hours, at most ${perSecond} a second`,
    `over by ${ends}, if it started now and the number did nothing else`,
  ];
  const isBad = read !== undefined && (read.report.stopped !== undefined || read.report.faulty > 0);
  return {
    exit: isBad ? EXIT.invalidInput : EXIT.ok,
    data: { ...plan, ...(read && { file: read.report }) },
    text: `${lines.join('\n')}\n`,
  };
}
