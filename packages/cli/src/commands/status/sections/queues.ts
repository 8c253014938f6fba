import { TIER_NAMES } from '@alur/types';
import { renderSpan } from '../../../moments.ts';
import type { Section } from '../section.ts';

/** The tier queues that numbers of the bundle send by. */
export const queues: Section = {
  name: 'queues',
  read: async ({ bundle, queues: tierQueues, nowMs }) => {
    const teams = bundle.tenants.flatMap((tenant) => tenant.teams);
    const used = new Set(teams.flatMap((team) => team.numbers).map(({ tier }) => tier));
    const tiers = TIER_NAMES.filter((tier) => used.has(tier));
    const depths = await Promise.all(
      tiers.map(async (tier) => ({ tier, ...(await tierQueues.depth(tier, nowMs)) })),
    );
    return {
      data: depths,
      fields: depths.map(({ tier, waiting, active, delayed, oldestAgeS }) => {
        const age = waiting === 0 ? '' : `, the oldest since ${renderSpan(oldestAgeS * 1_000)}`;
        return [`tier-${tier}`, `${waiting} waiting${age}; ${active} active; ${delayed} delayed`];
      }),
    };
  },
};
