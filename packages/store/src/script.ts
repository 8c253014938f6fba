import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { RedisClient } from './connection.ts';

// One file a verb under lua/; `-- uses: a, b` pulls in lua/lib/a.lua and b.lua.
const folder = new URL('../lua/', import.meta.url);
const TRANSIENT = /^(LOADING|TRYAGAIN|READONLY|CLUSTERDOWN|MASTERDOWN|BUSY) /;
const TRANSIENT_TRIES = 3;

export type ScriptArgument = string | number | Buffer;

export interface Script {
  run(client: RedisClient, keys: readonly string[], args: readonly ScriptArgument[]): Promise<unknown>;
}

/** Reads a script of lua/ once; runs it by its hash, sending the text only where Redis does not know it. */
export function loadScript(name: string): Script {
  const text = compose(name);
  const sha = createHash('sha1').update(text).digest('hex');
  const run: Script['run'] = async (client, keys, args) => {
    try {
      return await client.evalsha(sha, keys.length, ...keys, ...args);
    } catch (error) {
      if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
      return client.eval(text, keys.length, ...keys, ...args);
    }
  };
  return { run: (client, keys, args) => retryTransient(() => run(client, keys, args)) };
}

function compose(name: string): string {
  const text = readFileSync(new URL(`${name}.lua`, folder), 'utf8');
  const uses = /^-- uses: (.+)$/m.exec(text)?.[1]?.split(', ') ?? [];
  return [...uses.map((part) => readFileSync(new URL(`lib/${part}.lua`, folder), 'utf8')), text].join('\n');
}

// A slot on the move, a replica just promoted, a server still loading: the script did not run, so it may be repeated.
async function retryTransient(run: () => Promise<unknown>): Promise<unknown> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await run();
    } catch (error) {
      if (tried >= TRANSIENT_TRIES || !TRANSIENT.test(messageOf(error))) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50 * 2 ** tried));
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
