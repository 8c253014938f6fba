import { compileFlows, type FlowSet, type FlowSource } from '@alur/flow';
import {
  keepFlows,
  publishWants,
  readFlows,
  readLastGood,
  setLastGood,
  shardOf,
  type RedisClient,
} from '@alur/store';
import type { CheckFlows } from './check-task.ts';
import { takeSteps } from './take-steps.ts';

// Versions of flows in Redis, by the hash of their text: where a run waits in an older one, any runner can go on with it.

const KEEP_AGAIN_MS = 86_400_000;
/** Sets of former versions that a process has in memory. */
const OLD_SETS_MAX = 50;
/** A set that could not be checked is not tried again for so long: each try may take minutes, and a place of a conversation. */
const UNREADABLE_MS = 60_000;

/** A kept set that cannot be checked here and now, which is not to say that it is gone. */
export class UnreadableFlowsError extends Error {
  override readonly name = 'UnreadableFlowsError';
  readonly code = 'unreadable_flows';
}

export interface KnownSet {
  set: FlowSet;
  files: readonly FlowSource[];
}

export interface FlowArchive {
  /** Makes sure that a set can be read back for as long as a run may wait in it. Cheap when called again. */
  keep(team: TeamName, known: KnownSet): Promise<void>;
  /** A former set by its hash; undefined when nobody has it any more. Fails with `UnreadableFlowsError`. */
  find(team: TeamName, hash: string): Promise<KnownSet | undefined>;
  /** Names the set that a runner starts with where the files on disk are faulty, and tells others what it wants to hear of. */
  setLastGood(team: TeamName, known: KnownSet): Promise<void>;
  lastGood(team: TeamName): Promise<KnownSet | undefined>;
}

export interface TeamName {
  tenant: string;
  id: string;
}

export interface ArchiveDeps {
  client: RedisClient;
  shards: number;
  check: CheckFlows;
}

export function createFlowArchive(deps: ArchiveDeps): FlowArchive {
  const keptAt = new Map<string, number>();
  const old = new Map<string, Promise<KnownSet | undefined>>();
  const place = ({ tenant }: TeamName) => [deps.client, shardOf(tenant, deps.shards)] as const;

  const keep: FlowArchive['keep'] = async (team, { set, files }) => {
    const key = `${team.tenant}/${team.id}/${set.hash}`;
    if (performance.now() - (keptAt.get(key) ?? -KEEP_AGAIN_MS) < KEEP_AGAIN_MS) return;
    const { tenant, id } = team;
    await keepFlows(...place(team), { tenant, team: id, hash: set.hash, files });
    keptAt.set(key, performance.now());
  };
  const find: FlowArchive['find'] = (team, hash) => {
    const key = `${team.tenant}/${team.id}/${hash}`;
    const known = old.get(key) ?? read(deps, team, hash);
    old.delete(key);
    old.set(key, known);
    for (const first of [...old.keys()].slice(0, Math.max(0, old.size - OLD_SETS_MAX))) old.delete(first);
    const forget = () => old.get(key) === known && old.delete(key);
    known.then(
      (found) => found ?? forget(),
      (error: unknown) =>
        error instanceof UnreadableFlowsError ? setTimeout(forget, UNREADABLE_MS).unref() : forget(),
    );
    return known;
  };
  return {
    keep,
    find,
    setLastGood: async (team, known) => {
      await keep(team, known);
      const { tenant, id } = team;
      await setLastGood(...place(team), { tenant, team: id, hash: known.set.hash });
      await publishWants(...place(team), { tenant, team: id }, { statuses: known.set.wantsStatuses });
    },
    lastGood: async (team) => {
      const hash = await readLastGood(...place(team), { tenant: team.tenant, team: team.id });
      return hash === undefined ? undefined : find(team, hash);
    },
  };
}

async function read(
  deps: ArchiveDeps,
  { tenant, id }: TeamName,
  hash: string,
): Promise<KnownSet | undefined> {
  const files = await readFlows(deps.client, shardOf(tenant, deps.shards), { tenant, team: id, hash });
  if (!files) return undefined;
  try {
    // They were right when they were kept; a newer version may be stricter, and then they are gone.
    const { checked } = await deps.check({ sources: files, strict: false });
    return checked && { set: await takeSteps(compileFlows(checked)), files };
  } catch (cause) {
    throw new UnreadableFlowsError(`Cannot read flows "${hash}" of ${tenant}/${id}`, { cause });
  }
}
