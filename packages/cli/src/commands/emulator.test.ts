import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBundle } from '@alur/bundle';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runAlur } from '../testing/run-alur.ts';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-emulator-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function setUp(answers: object): Promise<void> {
  const required = {
    enabled: true,
    public_base_url: 'https://bot.example',
    phone_number_id: '100200300',
    access_token: 'token',
    verify_token: 'word',
    app_secret: 'secret',
  };
  await writeFile(join(cwd, 'answers.json'), JSON.stringify({ ...required, ...answers }));
  const ran = await runAlur(['setup', '--answers', 'answers.json', 'b'], cwd);
  if (ran.exit !== 0) throw new Error(ran.err);
}

/** Runs the emulator of bundle `b` until `act` has done with it, and returns what it printed. */
async function play(flags: string, act: (url: string) => Promise<void> = () => Promise.resolve()) {
  let url = '';
  const out: string[] = [];
  const stdout = {
    write(text: string) {
      out.push(text);
      url = /Emulator: +(\S+)/.exec(text)?.[1] ?? url;
    },
  };
  // What goes wrong in there is the test's, not the command's.
  let outcome: Promise<void> = Promise.resolve();
  const argv = ['emulator', '--bundle', 'b', '--port', '0', ...flags.split(' ').filter(Boolean)];
  const ran = await runAlur(argv, cwd, {
    stdout,
    untilStopped: async () => {
      // Called right before the address is printed.
      await Promise.resolve();
      outcome = act(url);
      await outcome.catch(() => undefined);
    },
  });
  await outcome;
  return { ...ran, out: out.join('') };
}

const limitsOf = async (url: string) => {
  const { numbers } = await (await fetch(`${url}/_emulator/limits`)).json();
  return Object.values<object>(numbers);
};

const send = (url: string, message: object) =>
  fetch(`${url}/v25.0/100200300/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer token' },
    body: JSON.stringify({ messaging_product: 'whatsapp', to: '15550100001', ...message }),
  });

describe('alur emulator', () => {
  test('holds each number to what the bundle says of it', async () => {
    await setUp({ throughput: 20, tier: 2 });
    await setUp({ phone_number_id: '100200301', tier: 'unlimited' });
    const ran = await play('', async (url) => {
      expect(await limitsOf(url)).toMatchObject([
        { throughput: { limit: 20 }, tier: { limit: 10_000 } },
        { throughput: { limit: 80 }, tier: { limit: null } },
      ]);
    });
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toContain('Limits:    measured, none enforced\n');
  });

  test('counts a tier once for all numbers of a portfolio, and every message where the bundle says so', async () => {
    const shared = { portfolio_id: '77', tier_scope: 'portfolio', tier: '250', tier_counts: 'all' };
    await setUp(shared);
    await setUp({ ...shared, phone_number_id: '100200301' });
    expect((await readBundle(join(cwd, 'b'))).tenants[0]?.teams[0]?.numbers).toHaveLength(2);
    await play('', async (url) => {
      expect((await send(url, { text: { body: 'Hi' } })).status).toBe(200);
      expect((await send(url, { text: { body: 'Hi' } })).status).toBe(200);
      expect(await limitsOf(url)).toMatchObject([{ tier: { limit: 250, peak: 2 } }, { tier: { peak: 2 } }]);
    });
  });

  test.each([
    ['--enforce all', 'throughput, pair refused at once; tier, window, opt-out failed by a status'],
    ['--enforce window,opt-out --enforce-by api', 'window, opt-out refused at once'],
    ['--enforce throughput --enforce-by status', 'throughput failed by a status'],
  ])('%s is said, and done', async (flags, text) => {
    await setUp({});
    expect((await play(flags)).out).toContain(`Limits:    ${text}\n`);
  });

  test('refuses what is outside the window, as flags say', async () => {
    await setUp({});
    await play('--enforce window --enforce-by api --window 60 --status-delays off', async (url) => {
      const answer = await send(url, { text: { body: 'Hi' } });
      expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 131047 } }]);
      expect(await limitsOf(url)).toMatchObject([{ window: { limit: 60_000, refusals: 1 } }]);
    });
  });

  test('refuses throttles with 429 when told to', async () => {
    await setUp({ throughput: 1 });
    await play('--enforce throughput --throttle-http 429 --status-delays off', async (url) => {
      const statuses = new Set<number>();
      for (let n = 0; n < 100 && !statuses.has(429); n += 1) {
        statuses.add((await send(url, { text: { body: 'Hi' } })).status);
      }
      expect([...statuses]).toEqual([200, 429]);
    });
  });

  test('gives the same ids for the same seed', async () => {
    await setUp({});
    const idOf = async (flags: string) => {
      let text = '';
      await play(flags, async (url) => {
        text = await (await send(url, { text: { body: 'Hi' } })).text();
      });
      return text;
    };
    expect(await idOf('--seed dice')).toBe(await idOf('--seed dice'));
    expect(await idOf('')).not.toBe(await idOf(''));
  });

  test.each([
    ['--enforce speed', '--enforce knows no limit "speed"'],
    ['--enforce pair,', '--enforce knows no limit ""'],
    ['--enforce-by mail', "option '--enforce-by <way>' argument 'mail' is invalid"],
    ['--throttle-http 503', "argument '503' is invalid. Allowed choices are 400, 429"],
    ['--status-delays 30,120', '--status-delays must be three numbers of milliseconds, or off'],
    ['--status-delays soon', '--status-delays must be three numbers'],
    ['--status-batch 1001,50', '--status-batch must be a number of receipts from 1 to 1000'],
    ['--status-batch 0,50', '--status-batch must be a number of receipts from 1 to 1000'],
    ['--status-batch 100', '--status-batch must be a number of receipts from 1 to 1000'],
    ['--window 0', '--window must be a number of seconds'],
    ['--window day', '--window must be a number of seconds'],
    [
      '--enforce tier --status-delays off',
      '--enforce needs failed statuses, and --status-delays turns them off',
    ],
  ])('%s is a slip that is explained', async (flags, text) => {
    const ran = await play(flags);
    expect([ran.exit, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(text);
  });

  test('--help names every limit that --enforce takes', async () => {
    const { out } = await runAlur(['emulator', '--help'], cwd);
    expect(out.replace(/\s+/g, ' ')).toContain('throughput,pair,tier,window,opt-out');
    for (const flag of ['--enforce-by', '--status-batch', '--no-read', '--seed']) expect(out).toContain(flag);
  });
});
