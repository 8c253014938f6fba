import { tallyAside, tallyDead, type Tally } from '@alur/store';
import type { Section, StatusVisit } from '../section.ts';

const DAY_MS = 86_400_000;

/** What went wrong in the last day, by reason. */
export const failures: Section = {
  name: 'failures',
  read: async (visit) => {
    const dead = await sum(visit, tallyDead);
    const aside = await sum(visit, tallyAside);
    return {
      data: { lastHours: 24, dead: toJson(dead), aside: toJson(aside) },
      fields: [
        ['dead', textOf(dead)],
        ['set aside', textOf(aside)],
      ],
    };
  },
};

async function sum({ place, shards, nowMs }: StatusVisit, read: typeof tallyDead): Promise<Tally> {
  const all = await Promise.all(shards.map((shard) => read(place.client, shard, nowMs - DAY_MS)));
  const counts = new Map<string, number>();
  for (const [reason, amount] of all.flatMap((tally) => [...tally.counts]))
    counts.set(reason, (counts.get(reason) ?? 0) + amount);
  return { counts, isCut: all.some(({ isCut }) => isCut) };
}

function textOf({ counts, isCut }: Tally): string {
  if (counts.size === 0) return 'nothing in the last 24 hours';
  const rows = [...counts].toSorted(([, a], [, b]) => b - a).map(([reason, amount]) => `${reason} ${amount}`);
  return `${rows.join(', ')}${isCut ? ', and more' : ''}`;
}

function toJson({ counts, isCut }: Tally) {
  return { byReason: Object.fromEntries(counts), isCut };
}
