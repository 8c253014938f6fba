import { findNumber, type Bundle, type BusinessNumber } from '@alur/bundle';
import {
  createTierQueues,
  readDeadLetter,
  readNumber,
  replay,
  type Admitted,
  type NumberState,
} from '@alur/store';
import type { Place } from '../../place.ts';
import type { FoundLetter } from './read-letters.ts';
import { isItsNumber } from './replay-note.ts';

/**
 * `admitted`: it is in the tier queue, a sender takes it now. `waiting`: it is in its chain or lane again. `not_dead`: somebody was
 * faster. `no_number`, `no_content`: it cannot be sent, and is still dead.
 */
export type ReplayFate = 'admitted' | 'waiting' | 'not_dead' | 'no_number' | 'no_content';

export interface Replayed {
  letter: FoundLetter;
  fate: ReplayFate;
  /** What holds for its number now; only when it waits. */
  state?: NumberState | undefined;
}

export interface ReplayResult {
  replayed: Replayed[];
  /** How many tier queues could not be written to: the senders' sweep adds those jobs within seconds. */
  jobsLate: number;
}

/** Replays dead letters one after the other, and adds the jobs of what was admitted. Running it twice does no harm. */
export async function replayLetters(
  letters: readonly FoundLetter[],
  { place, bundle }: { place: Place; bundle: Bundle },
): Promise<ReplayResult> {
  const queues = createTierQueues(await place.openQueueClient());
  const goes = new Set<string>();
  const lives: Replayed[] = [];
  let jobsLate = 0;
  const hand = async (number: BusinessNumber, shard: number, admitted: readonly Admitted[]) => {
    for (const { mid } of admitted) goes.add(mid);
    await queues.add(number.tier, { shard, number: number.id }, admitted).catch(() => (jobsLate += 1));
  };
  try {
    for (const letter of letters)
      lives.push({ letter, fate: await replayOne(letter, { place, bundle, hand }) });
  } finally {
    await queues.close();
  }
  const states = await readStates(lives, { place, bundle });
  const replayed = lives.map(({ letter, fate }): Replayed => {
    if (fate !== 'waiting') return { letter, fate };
    // A later call for the same number may have let it go.
    if (goes.has(letter.mid)) return { letter, fate: 'admitted' };
    return { letter, fate, state: states.get(letter.data.number) };
  });
  return { replayed, jobsLate };
}

interface ReplayOneDeps {
  place: Place;
  bundle: Bundle;
  hand: (number: BusinessNumber, shard: number, admitted: readonly Admitted[]) => Promise<void>;
}

async function replayOne(letter: FoundLetter, { place, bundle, hand }: ReplayOneDeps): Promise<ReplayFate> {
  const { mid, shard, data } = letter;
  const number = findNumber(bundle, data.number);
  if (!isItsNumber(letter, number)) return 'no_number';
  const admitted = await replay(place.client, { mid, shard, number, cid: data.cid, class: data.class });
  if (admitted === undefined) {
    const isDead = (await readDeadLetter(place.client, shard, mid)) !== undefined;
    return isDead ? 'no_content' : 'not_dead';
  }
  await hand(number, shard, admitted);
  return 'waiting';
}

async function readStates(
  lives: readonly Replayed[],
  { place, bundle }: { place: Place; bundle: Bundle },
): Promise<Map<string, NumberState>> {
  const shards = new Map(
    lives.filter(({ fate }) => fate === 'waiting').map(({ letter }) => [letter.data.number, letter.shard]),
  );
  const states = await Promise.all(
    [...shards].map(async ([id, shard]) => {
      const number = findNumber(bundle, id);
      return number ? [[id, await readNumber(place.client, shard, number)] as const] : [];
    }),
  );
  return new Map(states.flat());
}
