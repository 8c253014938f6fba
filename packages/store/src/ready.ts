import { ConversationId, readAs } from '@alur/types';
import { z } from 'zod';
import { waitUntilReady, type RedisClient } from './connection.ts';
import { shardKeys } from './keys.ts';
import { loadScript } from './script.ts';

/** Runners of all processes read as one group: each entry goes to one of them. */
export const RUNNERS = 'runners';

/** A conversation that has something to do. `recovered`: its former owner was lost. */
export interface ReadyEntry {
  id: string;
  cid: ConversationId;
  shard: number;
  recovered: boolean;
}

const Entries = z.array(z.tuple([z.string(), z.array(z.string()).nullable()]));
const ReadReply = z.array(z.tuple([z.string(), Entries])).nullable();
const ClaimReply = z.tuple([z.string(), Entries]).rest(z.unknown());

// Longer than any lease.
const RELEASED_IDLE_MS = 86_400_000;

const renewScript = loadScript('renew');
const forgetScript = loadScript('forget-consumer');

export interface ReadyReader {
  /** Entries nobody owns yet; waits up to `blockMs` for the first. */
  read(count: number, blockMs: number): Promise<ReadyEntry[]>;
  /** Entries whose owner has not touched them for `idleMs`. They are this consumer's from now on. */
  recover(count: number, idleMs: number): Promise<ReadyEntry[]>;
  /** Says "still at it"; false when another runner has taken the entry over. */
  renew(id: string): Promise<boolean>;
  /** Gives the entry up, so that another runner can recover it at once. */
  release(id: string): Promise<void>;
  /** Removes consumers that stopped more than `idleMs` ago and own nothing. */
  forgetConsumers(idleMs: number): Promise<number>;
}

export function createReadyReader(deps: {
  client: RedisClient;
  blocking: RedisClient;
  shard: number;
  consumer: string;
}): ReadyReader {
  const { client, blocking, shard, consumer } = deps;
  const key = shardKeys(shard).ready;
  const takeOver = createTakeOver(deps);
  return {
    read: (count, blockMs) =>
      withGroup(client, key, async () => {
        if (!(await waitUntilReady(blocking, blockMs))) return [];
        const reply = await blocking.xreadgroup(
          'GROUP',
          RUNNERS,
          consumer,
          'COUNT',
          count,
          'BLOCK',
          blockMs,
          'STREAMS',
          key,
          '>',
        );
        return toEntries(ReadReply.parse(reply)?.[0]?.[1] ?? [], shard, false);
      }),
    recover: (count, idleMs) => withGroup(client, key, () => takeOver(count, idleMs)),
    renew: async (id) => (await renewScript.run(client, [key], [RUNNERS, consumer, id, 0])) === 1,
    release: async (id) => {
      await renewScript.run(client, [key], [RUNNERS, consumer, id, RELEASED_IDLE_MS]);
    },
    forgetConsumers: async (idleMs) => Number(await forgetScript.run(client, [key], [RUNNERS, idleMs])),
  };
}

type ReaderDeps = Parameters<typeof createReadyReader>[0];

// Redis looks at ten times COUNT entries a call: begun at the start each time, lost ones behind many live ones are never found.
function createTakeOver({ client, shard, consumer }: ReaderDeps): ReadyReader['recover'] {
  const key = shardKeys(shard).ready;
  let cursor = '0';
  return async (count, idleMs) => {
    const reply = await client.xautoclaim(key, RUNNERS, consumer, idleMs, cursor, 'COUNT', count);
    const [next, entries] = ClaimReply.parse(reply);
    cursor = next;
    return toEntries(entries, shard, true);
  };
}

function toEntries(rows: z.infer<typeof Entries>, shard: number, recovered: boolean): ReadyEntry[] {
  return rows.flatMap(([id, fields]) => {
    const cid = readAs(ConversationId, fields?.[1]);
    return cid.success ? [{ id, cid: cid.data, shard, recovered }] : [];
  });
}

/** Runs `work`; where the group does not exist yet (first start, empty Redis) makes it, from the start of the stream. */
async function withGroup<T>(client: RedisClient, key: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Error) || !error.message.startsWith('NOGROUP')) throw error;
    await client.xgroup('CREATE', key, RUNNERS, '0', 'MKSTREAM').catch((reason: unknown) => {
      if (!(reason instanceof Error) || !reason.message.startsWith('BUSYGROUP')) throw reason;
    });
    return work();
  }
}
