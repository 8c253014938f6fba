import type { RedisClient } from '../connection.ts';
import { type BroadcastRef, readBroadcast, tenantsBroadcasts } from './broadcast.ts';
import { placesOf } from './erase-from-broadcasts.ts';
import { reportOf, type ReportLine } from './report.ts';

/** A contact's place in the list of a broadcast: what is kept there of it, and what became of it. */
export interface ContactInBroadcast extends ReportLine {
  ref: BroadcastRef;
  name: string;
  /** What it was to be told, by column. */
  values: Record<string, string>;
}

/**
 * Finds a contact, by the hashes of its ids, in the lists of all broadcasts of the teams. Reads every list, since none has an index of
 * people.
 */
export async function* contactInBroadcasts(
  client: RedisClient,
  { shard, tenant, teams }: { shard: number; tenant: string; teams: readonly string[] },
  hashes: readonly string[],
): AsyncGenerator<ContactInBroadcast> {
  for (const ref of await tenantsBroadcasts(client, shard, tenant)) {
    const broadcast = teams.includes(ref.team) ? await readBroadcast(client, ref) : undefined;
    if (!broadcast) continue;
    for (const index of await placesOf(client, ref, new Set(hashes))) {
      const line = await reportOf(client, ref, broadcast, index);
      const values = broadcast.columns.map((column, at): [string, string] => [
        column,
        line.recipient?.values[at] ?? '',
      ]);
      // One that was erased meanwhile says nothing.
      if (line.recipient) yield { ...line, ref, name: broadcast.name, values: Object.fromEntries(values) };
    }
  }
}
