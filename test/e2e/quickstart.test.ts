import { spawn, type ChildProcess } from 'node:child_process';
import { afterEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { waitFor } from '../support/wait.ts';

const Addresses = z.looseObject({
  chat: z.url(),
  emulator: z.url(),
  metrics: z.array(z.url()),
  redis: z.string(),
});
const Entries = z.object({ entries: z.array(z.object({ to: z.string(), type: z.string() })) });

let child: ChildProcess | undefined;
afterEach(() => {
  child?.kill('SIGKILL');
});

const json = async (url: string, body?: unknown): Promise<unknown> => {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  };
  return (await fetch(url, body === undefined ? {} : init)).json();
};

describe('npm run quickstart', () => {
  test('starts everything, answers a newcomer, and stops all of it at Ctrl-C', async () => {
    const started = spawn(process.execPath, ['scripts/quickstart.mjs', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child = started;
    let out = '';
    let log = '';
    started.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    started.stderr.on('data', (chunk: Buffer) => (log += chunk.toString()));
    const addresses = await waitFor(
      () => {
        if (started.exitCode !== null) throw new Error(`quickstart ended with ${started.exitCode}:\n${log}`);
        return out.includes('}') ? Addresses.parse(JSON.parse(out)) : undefined;
      },
      'the addresses',
      90_000,
    );
    expect((await fetch(addresses.chat)).status).toBe(200);
    const from = { waId: `6281${Date.now() % 1_000_000_000}`, name: 'Ana' };
    const message = { type: 'text', text: 'hi' };
    const said = await json(`${addresses.emulator}/_emulator/inbound`, {
      number: '100000000000001',
      from,
      message,
    });
    expect(said).toMatchObject({ status: 200 });
    const answers = await waitFor(async () => {
      const { entries } = Entries.parse(await json(`${addresses.emulator}/_emulator/ledger`));
      const own = entries.filter(({ to }) => to === from.waId);
      return own.length > 0 ? own : undefined;
    }, 'the first answer');
    expect(answers.some(({ type }) => type === 'interactive' || type === 'text')).toBe(true);
    const ended = new Promise<number | null>((resolve) => started.once('exit', resolve));
    started.kill('SIGINT');
    expect(await ended).toBe(0);
    for (const url of [addresses.chat, ...addresses.metrics]) await expect(fetch(url)).rejects.toThrow();
  }, 150_000);
});
