import type { Bundle, BusinessNumber } from '@alur/bundle';
import { resumeNumber, resumeWaba, type NumberState } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { describePause, renderEnd } from '../../describe-pause.ts';
import { EXIT } from '../../exit-code.ts';
import { readPlaceBundle, refuseNew, withPlace, type PlaceFlags } from '../../place.ts';
import { knowNumber, numberOf } from './number-of.ts';

export interface ResumeArguments extends PlaceFlags {
  id: string;
}

/** `alur numbers resume`: lifts every pause of a number and of its WABA, whoever made it. */
export async function resume(given: ResumeArguments, { io }: Context): Promise<Outcome> {
  const bundle = await readPlaceBundle(given, io);
  const number = numberOf(bundle, given.id);
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const { shard, state } = await knowNumber(place, number);
    const others = siblingsOf(bundle, number);
    await resumeNumber(place.client, shard, number);
    // The WABA's pause is gone; its other numbers have to be told.
    await Promise.all(others.map((other) => resumeWaba(place.client, shard, other)));
    const lifted = liftedOf(state, bundle);
    return {
      exit: EXIT.ok,
      data: { id: number.id, lifted: lifted.length > 0, sameWaba: others.map((other) => other.id) },
      text: renderResumed(number, lifted, others),
    };
  });
}

function liftedOf(state: NumberState, bundle: Bundle): string[] {
  const nowMs = Date.now();
  const pause = describePause(state, { overrides: bundle.errors, nowMs });
  const templates = state.templatesPausedUntilMs;
  return [
    ...(pause === undefined ? [] : [`the pause ${pause}`]),
    ...(templates === undefined ? [] : [`the stop of templates ${renderEnd(templates, nowMs)}`]),
  ];
}

/** Whose pause of the WABA was lifted as well. */
function siblingsOf(bundle: Bundle, { id, tenant, businessAccountId }: BusinessNumber): BusinessNumber[] {
  if (businessAccountId === undefined) return [];
  return bundle.tenants
    .filter((one) => one.id === tenant)
    .flatMap((one) => one.teams)
    .flatMap((team) => team.numbers)
    .filter((number) => number.businessAccountId === businessAccountId && number.id !== id);
}

function renderResumed(
  number: BusinessNumber,
  lifted: readonly string[],
  others: readonly BusinessNumber[],
): string {
  if (lifted.length === 0) return `Number ${number.id} was not paused.\n`;
  const shared =
    others.length === 0
      ? ''
      : `What held the WABA is lifted for ${others.map(({ id }) => id).join(', ')} too.\n`;
  return `Number ${number.id} goes on. Lifted:\n${lifted.map((line) => `  ${line}\n`).join('')}${shared}`;
}
