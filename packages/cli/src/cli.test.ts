import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { buryMessage } from './testing/bury-message.ts';
import { startTestPlace, type TestPlace } from './testing/test-place.ts';

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

describe('times in the zone of the process', () => {
  test.each([
    ['America/St_Johns', '1969-12-31T20:30:00-03:30', '2026-01-31T03:30:00.000Z'],
    ['Asia/Kathmandu', '1970-01-01T05:30:00+05:30', '2026-01-30T18:15:00.000Z'],
  ])('%s', async (zone, epoch, midnight) => {
    const moments = new URL('../dist/moments.js', import.meta.url).href;
    const script = `
      const { parseMoment, renderTime } = await import(${JSON.stringify(moments)});
      const since = parseMoment('--since', '2026-01-31', 0);
      process.stdout.write(renderTime(0) + ' ' + new Date(since).toISOString());`;
    const argv = ['--input-type=module', '-e', script];
    const child = spawn(process.execPath, argv, { env: { ...process.env, TZ: zone } });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await new Promise((done) => child.once('close', done));
    expect(out).toBe(`${epoch} ${midnight}`);
  });
});

describe('bin/alur.js with a Redis', () => {
  let place: TestPlace;
  beforeAll(async () => {
    place = await startTestPlace();
  });
  afterAll(() => place.stop());

  test('lists, replays and drops dead letters, with JSON and exit codes for scripts', async () => {
    const mids = ['a', 'b', 'c'].map((digit) => digit.repeat(32));
    for (const mid of mids) {
      await buryMessage(place.store, { number: place.number, reason: 'bad_recipient', code: '131026', mid });
    }
    const flags = ['--redis', place.redis.url, '--bundle', join(place.cwd, 'b'), '--json'];
    const run = async (...words: string[]) => {
      const { exit, out, err } = await start([...words, ...flags]);
      expect(err).toBe('');
      const { ok, command, data, error }: Record<string, unknown> = Object(JSON.parse(out));
      return { exit, ok, command, data, code: Object(error).code };
    };
    expect(await run('dead', 'list')).toMatchObject({ exit: 0, command: 'dead list', data: { total: 3 } });
    expect(await run('dead', 'replay', '--all')).toMatchObject({ exit: 7, ok: false, code: 'refused' });
    const replayed = await run('dead', 'replay', 'aaaaaa');
    expect(replayed).toMatchObject({ exit: 0, data: { messages: [{ mid: mids[0], fate: 'admitted' }] } });
    expect(await run('dead', 'show', 'aaaaaa')).toMatchObject({ exit: 4, code: 'not_found' });
    expect(await run('dead', 'drop', '--all', '--yes')).toMatchObject({ exit: 0, ok: true });
    expect(await run('dead', 'list')).toMatchObject({ exit: 0, data: { total: 0 } });
    expect(await run('numbers')).toMatchObject({ exit: 0, data: { numbers: [{ onTheWay: 1 }, {}] } });
  });

  test('exits with 5 when Redis is away', async () => {
    const ran = await start(['dead', 'list', '--redis', 'redis://127.0.0.1:1']);
    expect(ran).toMatchObject({ exit: 5, out: '', err: expect.stringContaining('ECONNREFUSED') });
  });
});
