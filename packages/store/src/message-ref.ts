import type { Admitted } from './record.ts';
import type { SendingNumber } from './sending-number.ts';

/** Message records are kept this long after their end unless the bundle says otherwise: longer than a late status can come. */
export const RECORD_KEEP_S = 8 * 86_400;

/** The window, a minute short: our clock and Meta's differ, and a message takes a while. */
export const WINDOW_MS = 86_400_000 - 60_000;
export const TIER_DAY_MS = 86_400_000;

/** What names a message and all keys that its fate touches. */
export interface MessageRef extends Admitted {
  shard: number;
  number: SendingNumber;
}
