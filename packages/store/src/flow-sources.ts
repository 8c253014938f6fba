import { setImmediate } from 'node:timers/promises';
import { hash } from '@alur/types';
import { z } from 'zod';
import type { RedisClient } from './connection.ts';
import { type Keys, shardKeys, teamField } from './keys.ts';
import { loadScript } from './script.ts';

// A run that waits ends in the flows that it began in. They are kept by what they say, so that a set costs only the files
// that changed, and any runner can load them.

// Longer than a conversation is kept without an event, so no run outlives its flows.
const KEEP_S = 92 * 86_400;
// Texts that go in one call: files have 256 KiB at most.
const TEXTS_PER_CALL = 16;

/** A file of flows. */
export interface FlowFile {
  path: string;
  text: string;
}

/** A set of flows of a team, by the hash that names it. */
export interface FlowFiles {
  tenant: string;
  team: string;
  hash: string;
  files: readonly FlowFile[];
}

const Manifest = z.array(z.object({ path: z.string(), source: z.string() }));
const Missing = z.array(z.number());
const keepScript = loadScript('keep-flows');

/** Keeps a set of flows for 92 days from now. Only the texts that are missing are sent; said again, none is. */
export async function keepFlows(client: RedisClient, shard: number, set: FlowFiles): Promise<void> {
  const keys = shardKeys(shard);
  const manifest: z.infer<typeof Manifest> = [];
  for (const { path, text } of set.files) {
    manifest.push({ path, source: hash(text) });
    // A set may have a thousand files of 256 KiB.
    await setImmediate();
  }
  const keyList = [manifestKey(keys, set), ...manifest.map(({ source }) => keys.source(source))];
  let missing: number[] = [];
  // Each round brings some of the missing ones; one may run out meanwhile, but not for ever.
  for (let round = 0; round <= set.files.length + 1; round += 1) {
    const sent = new Set(missing.slice(0, TEXTS_PER_CALL));
    const texts = set.files.map(({ text }, index) => (sent.has(index + 1) ? `=${text}` : ''));
    const args = [KEEP_S, JSON.stringify(manifest), ...texts];
    missing = Missing.parse(await keepScript.run(client, keyList, args));
    if (missing.length === 0) return;
  }
  throw new Error('Cannot keep a set of flows: its sources are lost as fast as they are written');
}

/** The files of a set that was kept; undefined where it is not known (any more). */
export async function readFlows(
  client: RedisClient,
  shard: number,
  set: Omit<FlowFiles, 'files'>,
): Promise<FlowFile[] | undefined> {
  const keys = shardKeys(shard);
  const json = await client.get(manifestKey(keys, set));
  if (json === null) return undefined;
  const manifest = Manifest.parse(JSON.parse(json));
  const texts = await Promise.all(manifest.map(({ source }) => client.get(keys.source(source))));
  const files = manifest.flatMap(({ path }, index) => {
    const text = texts[index];
    return typeof text === 'string' ? [{ path, text }] : [];
  });
  return files.length === manifest.length ? files : undefined;
}

/** Notes the set of flows of a team that loaded without an error. */
export async function setLastGood(
  client: RedisClient,
  shard: number,
  { tenant, team, hash: good }: Omit<FlowFiles, 'files'>,
): Promise<void> {
  await client.hset(shardKeys(shard).lastGood, teamField(tenant, team), good);
}

/** Hash of the last set of flows of a team that was good, for `readFlows`. */
export async function readLastGood(
  client: RedisClient,
  shard: number,
  { tenant, team }: { tenant: string; team: string },
): Promise<string | undefined> {
  return (await client.hget(shardKeys(shard).lastGood, teamField(tenant, team))) ?? undefined;
}

function manifestKey(keys: Keys, { tenant, team, hash: set }: Omit<FlowFiles, 'files'>): string {
  return keys.manifest(hash('flows', tenant, team, set));
}
