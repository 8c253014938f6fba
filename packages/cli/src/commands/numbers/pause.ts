import { pauseNumber } from '@alur/store';
import type { Context, Outcome } from '../../command.ts';
import { OPERATOR } from '../../describe-code.ts';
import { describePause, renderEnd } from '../../describe-pause.ts';
import { EXIT } from '../../exit-code.ts';
import { isoTime, parseDuration } from '../../moments.ts';
import { readPlaceBundle, refuseNew, withPlace, type PlaceFlags } from '../../place.ts';
import { knowNumber, numberOf } from './number-of.ts';

export interface PauseArguments extends PlaceFlags {
  id: string;
  for?: string | undefined;
}

/** `alur numbers pause`: holds what a number sends. A pause that lasts longer stays. */
export async function pause(given: PauseArguments, { io }: Context): Promise<Outcome> {
  const forMs = given.for === undefined ? Infinity : parseDuration('--for', given.for);
  const bundle = await readPlaceBundle(given, io);
  const number = numberOf(bundle, given.id);
  return withPlace(given, io, async (place) => {
    refuseNew(place);
    const { shard } = await knowNumber(place, number);
    const nowMs = Date.now();
    const untilMs = nowMs + forMs;
    const end = untilMs === Infinity ? undefined : untilMs;
    await pauseNumber(place.client, shard, number, { of: 'number', untilMs: end, code: OPERATOR });
    const { state } = await knowNumber(place, number);
    const isLonger = (state.pausedUntilMs ?? 0) > untilMs;
    const held = describePause(state, { overrides: bundle.errors, nowMs }) ?? '';
    const text = isLonger
      ? `Number ${number.id} is paused longer than that already, ${held}.\n`
      : `Number ${number.id} is paused ${renderEnd(untilMs, nowMs)}. Its messages wait; what is being sent still goes.\n`;
    const data = { id: number.id, until: isoTime(state.pausedUntilMs), code: state.pausedCode ?? null };
    return { exit: EXIT.ok, data, text };
  });
}
