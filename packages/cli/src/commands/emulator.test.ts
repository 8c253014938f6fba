import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readBundle } from '@alur/bundle';
import { makeNumber } from '@alur/emulator';
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

/** Runs the emulator of bundle `b`, or without one, until `act` has done with it, and returns what it printed. */
async function play(
  flags: string,
  act: (url: string) => Promise<void> = () => Promise.resolve(),
  isAlone = false,
) {
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
  const place = isAlone ? [] : ['--bundle', 'b'];
  const argv = ['emulator', ...place, '--port', '0', ...flags.split(' ').filter(Boolean)];
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

  const playAlone = (flags: string, act?: (url: string) => Promise<void>) => play(flags, act, true);
  const environmentIn = (out: string): Record<string, string> =>
    Object.fromEntries(
      [...out.matchAll(/^([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value]),
    );

  test('without a bundle: makes a number up, and prints what a project needs to use it', async () => {
    let answer: unknown;
    const ran = await playAlone('--seed dev', async (url) => {
      const number = makeNumber('dev');
      const response = await fetch(`${url}/v25.0/${number.id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${number.accessToken}` },
        body: JSON.stringify({ messaging_product: 'whatsapp', to: '15550100001', text: { body: 'Hi' } }),
      });
      answer = await response.json();
    });
    expect(answer).toMatchObject({ messages: [{ id: expect.stringMatching(/^wamid\./) }] });
    const made = makeNumber('dev');
    expect(environmentIn(ran.out)).toEqual({
      GRAPH_BASE_URL: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[0-9]+$/),
      WHATSAPP_PHONE_NUMBER_ID: made.id,
      WHATSAPP_BUSINESS_ACCOUNT_ID: made.wabaId,
      WHATSAPP_ACCESS_TOKEN: made.accessToken,
      WHATSAPP_APP_SECRET: made.appSecret,
      WHATSAPP_VERIFY_TOKEN: made.verifyToken,
      WHATSAPP_WEBHOOK_URL: '',
    });
    expect(ran.out).toContain('No webhook is sent yet: start with `--webhook-url URL`');
  });

  test('without a bundle: the same number for the same seed, another without one', async () => {
    const idOf = async (flags: string) =>
      environmentIn((await playAlone(flags)).out)['WHATSAPP_PHONE_NUMBER_ID'];
    expect(await idOf('--seed dev')).toBe(await idOf('--seed dev'));
    expect(await idOf('')).not.toBe(await idOf(''));
  });

  test('without a bundle: takes the number that is given, and posts to the very address', async () => {
    const flags = '--number 77 --waba 88 --token t --app-secret s --verify-token v --display-number 4930123';
    const ran = await playAlone(`${flags} --webhook-url http://127.0.0.1:9/any/path?x=1`, async (url) => {
      const response = await fetch(`${url}/_emulator/inbound`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          number: '77',
          from: { waId: '15550100001' },
          message: { type: 'text', text: 'Hi' },
        }),
      });
      expect(await response.json()).toMatchObject({ status: 0, error: 'ECONNREFUSED' });
      const { deliveries } = await (await fetch(`${url}/_emulator/webhooks`)).json();
      expect(deliveries).toMatchObject([{ url: 'http://127.0.0.1:9/any/path?x=1', number: '77' }]);
    });
    expect(environmentIn(ran.out)).toMatchObject({
      WHATSAPP_PHONE_NUMBER_ID: '77',
      WHATSAPP_BUSINESS_ACCOUNT_ID: '88',
      WHATSAPP_ACCESS_TOKEN: 't',
      WHATSAPP_APP_SECRET: 's',
      WHATSAPP_VERIFY_TOKEN: 'v',
      WHATSAPP_WEBHOOK_URL: 'http://127.0.0.1:9/any/path?x=1',
    });
    expect(ran.out).toContain('Number:    4930123\n');
  });

  test('without a bundle: --json has all of it', async () => {
    const ran = await playAlone('--json --seed dev');
    const made = makeNumber('dev');
    expect(JSON.parse(ran.out)).toMatchObject({
      data: {
        kind: 'running',
        numbers: [made.id],
        environment: { WHATSAPP_ACCESS_TOKEN: made.accessToken, WHATSAPP_APP_SECRET: made.appSecret },
      },
    });
  });

  test('--clock and --clock-rate: time is as they say', async () => {
    await playAlone('--clock 2027-01-15T08:00:00Z,stopped', async (url) => {
      const clock = await (await fetch(`${url}/_emulator/clock`)).json();
      expect(clock).toMatchObject({ now: 1_800_000_000_000, stopped: true });
    });
    await playAlone('--clock-rate 60', async (url) => {
      expect(await (await fetch(`${url}/_emulator/clock`)).json()).toMatchObject({ rate: 60 });
    });
  });

  test.each([
    ['--number abc', '--number must be digits'],
    ['--waba 1x', '--waba must be digits'],
    ['--webhook-url ftp://x', '--webhook-url must be an http or https address'],
    ['--public-url x', '--public-url must be an http or https address'],
    ['--demo-flows .', '--demo-flows needs a bundle'],
    ['--clock soon', '--clock must be a time, stopped, or both'],
    ['--clock 2027-01-01,2027-01-02', '--clock must be a time, stopped, or both'],
    ['--clock-rate 0', '--clock-rate must be a number from 1'],
  ])('%s without a bundle is a slip that is explained', async (flags, text) => {
    const ran = await playAlone(flags);
    expect([ran.exit, ran.out]).toEqual([2, '']);
    expect(ran.err).toContain(text);
  });

  test('--help names every limit that --enforce takes', async () => {
    const { out } = await runAlur(['emulator', '--help'], cwd);
    expect(out.replace(/\s+/g, ' ')).toContain('throughput,pair,tier,window,opt-out');
    for (const flag of ['--enforce-by', '--status-batch', '--no-read', '--seed']) expect(out).toContain(flag);
  });
});
