import type { BusinessNumber } from '@alur/bundle';
import type { NumberState } from '@alur/store';
import { TIERS } from '@alur/types';
import { describePause, renderEnd, type DescribePauseOptions } from '../../describe-pause.ts';
import type { Colors } from '../../io.ts';
import { renderMoment } from '../../moments.ts';
import { renderFields, type Field } from '../../render-fields.ts';
import type { KnownNumber } from './number-of.ts';

export interface RenderNumberOptions extends DescribePauseOptions {
  colors: Colors;
}

/** A number as a block: a line each for its limits, its pauses and what waits. */
export function renderNumber({ number, state }: KnownNumber, options: RenderNumberOptions): string[] {
  const { colors } = options;
  const paused = describePause(state, options);
  const marks = [
    ...(paused === undefined ? [] : [colors.red('paused')]),
    ...(state.tierRoomAtMs === undefined ? [] : [colors.yellow('tier full')]),
  ];
  const { onTheWay } = state;
  const fields: Field[] = [
    ['tier', tierOf(number, state)],
    ['used', usedOf(number, state, options.nowMs)],
    ['throughput', throughputOf(number, state)],
    ...(state.quality === undefined ? [] : [['quality', state.quality] satisfies Field]),
    ...(paused === undefined ? [] : [['paused', paused] satisfies Field]),
    ...templatesField(state, options.nowMs),
    ['waiting', ...waitingOf(state)],
    ['on the way', String(onTheWay)],
  ];
  return [
    [`${colors.bold(number.id)}  ${number.tenant}/${number.team}`, marks.join(', ')].join('  ').trimEnd(),
    ...renderFields(fields, colors),
  ];
}

function tierOf(
  { tier, tierCounts, tierScope, portfolio }: BusinessNumber,
  { tierLimit }: NumberState,
): string {
  const limit = tierLimit < 0 ? 'no limit' : `${counted(tierLimit, tierCounts)} in 24 h`;
  const configured = TIERS[tier].contactsPerDay;
  const isOther = (tierLimit < 0 ? Infinity : tierLimit) !== configured;
  const source = isOther ? `, as Meta reported; configured is tier ${tier}` : `, tier ${tier}`;
  const isShared = tierScope === 'portfolio' && portfolio !== undefined;
  return limit + source + (isShared ? `, shared by portfolio ${portfolio}` : '');
}

function usedOf({ tierCounts }: BusinessNumber, state: NumberState, nowMs: number): string {
  const { tierUsed, tierLimit, tierRoomAtMs } = state;
  if (tierLimit < 0) return 'not counted';
  const share = tierLimit === 0 ? 100 : Math.floor((tierUsed / tierLimit) * 100);
  const room = tierRoomAtMs === undefined ? '' : `; room again ${renderMoment(tierRoomAtMs, nowMs)}`;
  return `${counted(tierUsed, tierCounts)} in the last 24 h (${share} %)${room}`;
}

function throughputOf({ throughput: configured }: BusinessNumber, { throughput }: NumberState): string {
  const other = throughput === configured ? '' : `, as Meta reported; configured is ${configured} a second`;
  return `${throughput} a second${other}`;
}

function templatesField({ templatesPausedUntilMs: untilMs }: NumberState, nowMs: number): Field[] {
  return untilMs === undefined ? [] : [['templates', `none outside the window ${renderEnd(untilMs, nowMs)}`]];
}

function waitingOf({ waiting }: NumberState): string[] {
  const { reply, notification, broadcast, later, tier } = waiting;
  if (reply + notification + broadcast + later + tier === 0) return ['nothing'];
  const held = [
    ...(later > 0 ? [`${grouped(later)} for a time`] : []),
    ...(tier > 0 ? [`${grouped(tier)} for room in the tier`] : []),
  ];
  const lanes = `reply ${grouped(reply)}, notification ${grouped(notification)}, broadcast ${grouped(broadcast)}`;
  return [lanes, ...(held.length > 0 ? [held.join(', ')] : [])];
}

/** In what the tier counts. */
function counted(amount: number, counts: BusinessNumber['tierCounts']): string {
  const thing = counts === 'all' ? 'message' : 'contact';
  return `${grouped(amount)} ${thing}${amount === 1 ? '' : 's'}`;
}

function grouped(amount: number): string {
  return amount.toLocaleString('en-US');
}
