import { isoTime, renderSpan } from '../../../moments.ts';
import type { Field } from '../../../render-fields.ts';
import { knowNumber, type KnownNumber } from '../../numbers/number-of.ts';
import type { Section } from '../section.ts';

export const numbers: Section = {
  name: 'numbers',
  read: async ({ bundle, place, nowMs }) => {
    const all = bundle.tenants.flatMap((tenant) => tenant.teams).flatMap((team) => team.numbers);
    const known = await Promise.all(all.map((number) => knowNumber(place, number)));
    return { data: known.map(toJson), fields: known.map((one) => fieldOf(one, nowMs)) };
  },
};

function fieldOf({ number, state }: KnownNumber, nowMs: number): Field {
  const { tierUsed, tierLimit, waiting, onTheWay, quality, pausedUntilMs } = state;
  const waits = Object.entries(waiting).filter(([, amount]) => amount > 0);
  const parts = [
    `${number.tenant}/${number.team}`,
    ...(pausedUntilMs === undefined ? [] : [`PAUSED ${endOf(pausedUntilMs, nowMs)}`]),
    tierLimit < 0 ? 'no tier limit' : `tier ${tierUsed} of ${tierLimit}`,
    waits.length === 0
      ? 'nothing waits'
      : `waiting: ${waits.map(([what, amount]) => `${what} ${amount}`).join(', ')}`,
    `${onTheWay} on the way`,
    ...(quality === undefined ? [] : [`quality ${quality}`]),
  ];
  return [number.id, parts.join('; ')];
}

function endOf(untilMs: number, nowMs: number): string {
  return untilMs === Infinity ? 'until it is lifted' : `for ${renderSpan(untilMs - nowMs)} more`;
}

function toJson({ number: { id, tenant, team }, state }: KnownNumber) {
  return {
    id,
    tenant,
    team,
    tier: { used: state.tierUsed, limit: state.tierLimit < 0 ? null : state.tierLimit },
    throughput: state.throughput,
    quality: state.quality ?? null,
    isPaused: state.pausedUntilMs !== undefined,
    pausedUntil: isoTime(state.pausedUntilMs),
    waiting: state.waiting,
    onTheWay: state.onTheWay,
  };
}
