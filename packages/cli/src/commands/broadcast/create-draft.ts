import { randomUUID } from 'node:crypto';
import { addFromFile } from '@alur/lists';
import { broadcastId, createBroadcast, shardOf } from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { readPlaceBundle, refuseNew, withPlace } from '../../place.ts';
import { countryOf, formatOf, openFile, readPlan, type PlanFlags } from './plan-flags.ts';
import { renderFill } from './render-fill.ts';
import { templateWarnings } from './template-warnings.ts';

/** `alur broadcast create`: a draft, with recipients when there is a file of them. */
export async function createDraft(name: string, given: PlanFlags, { io }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  const { team, plan } = await readPlan(name, given, bundle, io);
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const bid = broadcastId(team.tenant, team.id, randomUUID());
    const ref = { shard: shardOf(team.tenant, place.shards), tenant: team.tenant, team: team.id, bid };
    if ((await createBroadcast(place.client, ref, plan)) === 'full')
      throw new CliError('refused', 'The tenant has a thousand broadcasts', 'delete some that are over');
    const made = `${bid}\nDraft made; columns: ${['wa_id', ...plan.columns].join(', ')}.`;
    const warnings = templateWarnings(team, bundle.dir);
    const short = bid.slice(0, 8);
    if (given.file === undefined)
      return {
        exit: EXIT.ok,
        data: { id: bid },
        text: `${made}\nNext: alur broadcast add ${short} FILE\n`,
        warnings,
      };
    const rules = {
      plan,
      format: formatOf(given.file, given),
      country: countryOf(team),
      strict: given.strict,
    };
    const report = await addFromFile(place.client, ref, openFile(given.file, io), rules);
    return {
      exit: report.added > 0 ? EXIT.ok : EXIT.invalidInput,
      data: { id: bid, ...report },
      text: `${[made, ...renderFill(given.file, report), `Next: alur broadcast check ${short}, then start ${short}`].join('\n')}\n`,
      warnings,
    };
  });
}
