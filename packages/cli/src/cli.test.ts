import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

// The real command in a real process: needs `npm run build`.
const BIN = fileURLToPath(new URL('../bin/alur.js', import.meta.url));
const FLOW =
  'name: hello\nversion: "1.0"\nnodes:\n  - {id: a, type: reply, config: {message: Hi}}\ntriggers:\n  - {type: message, target: a}\n';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-bin-'));
  await writeFile(join(cwd, 'a.ygtc'), FLOW);
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

function start(argv: string[], onOutput: (text: string, kill: () => void) => void = () => undefined) {
  const child = spawn(process.execPath, [BIN, ...argv], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    onOutput(out, () => child.kill('SIGTERM'));
  });
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  return new Promise<{ exit: number | null; out: string; err: string }>((done) =>
    child.once('close', (exit) => done({ exit, out, err })),
  );
}

describe('bin/alur.js', () => {
  test('exits with the code of the command', async () => {
    expect(await start(['version'])).toEqual({ exit: 0, out: 'alur 0.1.0\n', err: '' });
    expect((await start(['validate', 'nowhere'])).exit).toBe(4);
  });

  test('serves until SIGTERM, then exits with 0', async () => {
    const argv = ['emulator', '--bundle', 'demo', '--port', '0', '--demo-flows', '.'];
    const ran = await start(argv, (out, kill) => {
      if (out.includes('Chat page:')) kill();
    });
    expect(ran).toMatchObject({ exit: 0, err: '' });
  });

  test('stays idle beside a real bundle until SIGTERM, then exits with 0', async () => {
    const answers = {
      enabled: true,
      public_base_url: 'https://a.example',
      phone_number_id: '1',
      access_token: 'x',
      verify_token: 'y',
    };
    await writeFile(join(cwd, 'answers.json'), JSON.stringify(answers));
    await start(['setup', '--answers', 'answers.json', 'b']);
    const argv = ['emulator', '--bundle', 'b', '--port', '0', '--demo-flows', '.'];
    const ran = await start(argv, (out, kill) => {
      if (out.includes('idle')) kill();
    });
    expect(ran).toMatchObject({ exit: 0, err: '' });
  });
});
