import type { Bundle } from '@alur/bundle';
import type { TierQueues } from '@alur/store';
import type { Place } from '../../place.ts';
import type { Field } from '../../render-fields.ts';

/** What every part of `alur status` may read. */
export interface StatusVisit {
  bundle: Bundle;
  place: Place;
  queues: TierQueues;
  /** The shards that tenants of the bundle are in. */
  shards: readonly number[];
  nowMs: number;
}

/** What one part found. */
export interface Found {
  /** For `--json`. */
  data: unknown;
  fields: Field[];
  /** Why the system is not ready, as far as this part can tell. */
  problems?: string[];
}

/** A part of the screen: it reads for itself and says all that is shown of it. */
export interface Section {
  /** Its heading, and its key in `--json`. */
  name: string;
  read: (visit: StatusVisit) => Promise<Found>;
}
