import type { Bundle, BusinessNumber, Team } from '@alur/bundle';
import { listBroadcasts, shardOf, type Broadcast, type BroadcastRef } from '@alur/store';
import { CliError } from '../../cli-error.ts';
import type { Place } from '../../place.ts';

const MOST = 1_000;

export interface FoundBroadcast {
  ref: BroadcastRef;
  broadcast: Broadcast;
  team: Team;
  /** undefined: it is not in the bundle any more. */
  number: BusinessNumber | undefined;
}

/** All broadcasts of the teams of the bundle. */
export async function allBroadcasts(bundle: Bundle, { client, shards }: Place): Promise<FoundBroadcast[]> {
  const teams = bundle.tenants.flatMap((tenant) => tenant.teams);
  const lists = teams.map(async (team) => {
    const shard = shardOf(team.tenant, shards);
    const found = await listBroadcasts(client, shard, { tenant: team.tenant, team: team.id }, MOST);
    return found.map((broadcast): FoundBroadcast => {
      const number = team.numbers.find(({ id }) => id === broadcast.number);
      return { ref: { shard, ...broadcast }, broadcast, team, number };
    });
  });
  return (await Promise.all(lists)).flat().sort((a, b) => b.broadcast.createdMs - a.broadcast.createdMs);
}

/** The one whose id begins so. Throws `CliError` when it is none or several. */
export async function findBroadcast(bundle: Bundle, place: Place, id: string): Promise<FoundBroadcast> {
  const found = (await allBroadcasts(bundle, place)).filter(({ broadcast }) => broadcast.bid.startsWith(id));
  const [only] = found;
  if (only === undefined || id === '')
    throw new CliError('notFound', 'There is no broadcast whose id begins so', 'see `alur broadcast list`');
  if (found.length > 1)
    throw new CliError('usage', `${found.length} broadcasts begin so`, 'give more of the id');
  return only;
}
