import type { RedisClient } from '../connection.ts';
import { readNumber } from '../numbers.ts';
import type { SendingNumber } from '../sending-number.ts';

/** What keeps the broadcasts of a number from going on. */
export interface BroadcastWait {
  /** `tier`: nobody more may be written to. `number`: it is paused. `templates`: none may be sent outside the window. */
  for: 'tier' | 'number' | 'templates';
  /** Unix ms; Infinity: until somebody changes it. */
  untilMs: number;
  /** Of a pause: the Graph code, or who asked for it. */
  code?: string;
}

/** All that keeps them now; nothing when they move as fast as the number does. */
export async function readWaits(
  client: RedisClient,
  shard: number,
  number: SendingNumber,
): Promise<BroadcastWait[]> {
  const state = await readNumber(client, shard, number);
  const { pausedUntilMs, pausedCode, templatesPausedUntilMs, tierRoomAtMs, tierLimit } = state;
  const waits: BroadcastWait[] = [];
  if (pausedUntilMs !== undefined)
    waits.push({
      for: 'number',
      untilMs: pausedUntilMs,
      ...(pausedCode !== undefined && { code: pausedCode }),
    });
  if (templatesPausedUntilMs !== undefined) waits.push({ for: 'templates', untilMs: templatesPausedUntilMs });
  // A tier of none has no contact of yesterday whose place becomes free.
  if (tierRoomAtMs !== undefined)
    waits.push({ for: 'tier', untilMs: tierLimit > 0 ? tierRoomAtMs : Infinity });
  return waits;
}
