import type { Bundle } from '@alur/bundle';
import type { Context, Outcome } from '../../command.ts';
import { describeCode } from '../../describe-code.ts';
import { EXIT } from '../../exit-code.ts';
import { isoTime } from '../../moments.ts';
import { placeWarnings, readPlaceBundle, withPlace, type PlaceFlags } from '../../place.ts';
import { knowNumber, type KnownNumber } from './number-of.ts';
import { renderNumber } from './render-number.ts';

/** `alur numbers`: what holds for each number of the bundle, and what waits there. Changes nothing. */
export async function listNumbers(given: PlaceFlags, { io, colors }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  const teams = bundle.tenants.flatMap((tenant) => tenant.teams);
  return withPlace(given, io, async (place) => {
    const known = await Promise.all(
      teams.flatMap((team) => team.numbers).map((number) => knowNumber(place, number)),
    );
    const options = { overrides: bundle.errors, nowMs: Date.now(), colors };
    const text = known.map((one) => `${renderNumber(one, options).join('\n')}\n`).join('\n');
    return {
      exit: EXIT.ok,
      data: { numbers: known.map((one) => toJson(one, bundle)) },
      text: known.length === 0 ? 'The bundle has no number.\n' : text,
      warnings: placeWarnings(place),
    };
  });
}

function toJson({ number, state }: KnownNumber, bundle: Bundle) {
  const { pausedUntilMs, pausedCode, templatesPausedUntilMs, tierRoomAtMs } = state;
  return {
    id: number.id,
    tenant: number.tenant,
    team: number.team,
    tier: {
      name: number.tier,
      counts: number.tierCounts,
      scope: number.tierScope,
      limit: state.tierLimit < 0 ? null : state.tierLimit,
      used: state.tierUsed,
      roomAt: isoTime(tierRoomAtMs),
    },
    throughput: { configured: number.throughput, perSecond: state.throughput },
    learnt: state.learnt,
    quality: state.quality ?? null,
    pause:
      pausedUntilMs === undefined
        ? null
        : {
            until: isoTime(pausedUntilMs),
            code: pausedCode ?? null,
            title: describeCode(pausedCode ?? '', bundle.errors)?.title ?? null,
          },
    templatesPause: templatesPausedUntilMs === undefined ? null : { until: isoTime(templatesPausedUntilMs) },
    waiting: state.waiting,
    onTheWay: state.onTheWay,
  };
}
