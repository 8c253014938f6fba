import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTierQueues,
  pauseNumber,
  readDeadLetter,
  shardOf,
  waitUntilReady,
  type TierQueues,
} from '@alur/store';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { buryMessage, type Burial } from '../../testing/bury-message.ts';
import { runAlur } from '../../testing/run-alur.ts';
import { startTestPlace, type TestPlace, ZOO } from '../../testing/test-place.ts';

const A = 'a'.repeat(32);
const B = 'b'.repeat(32);
const C = 'c'.repeat(32);
const WA_ID = '4915550001';

let place: TestPlace;
let queues: TierQueues;
beforeAll(async () => {
  place = await startTestPlace();
  const client = place.store.bull('queue');
  await waitUntilReady(client, 5_000);
  queues = createTierQueues(client);
});
afterAll(async () => {
  await queues.close();
  await place.stop();
});
beforeEach(async () => {
  await place.store.client.flushall();
  await place.store.client.hset('alur:meta', 'shards', 3);
});

const bury = (mid: string, more: Partial<Burial> = {}) =>
  buryMessage(place.store, { number: place.number, reason: 'bad_recipient', code: '131026', mid, ...more });
/** Two dead letters of acme (b after a), one of zoo. */
async function buryThree() {
  await bury(A);
  await bury(B, { reason: 'configuration', code: '190', class: 'reply' });
  await bury(C, { number: place.other, reason: 'template', code: '132012', class: 'broadcast' });
}
const alur = (line: string, more: Parameters<typeof runAlur>[2] = {}) =>
  runAlur([...line.split(' '), '--redis', place.redis.url], place.cwd, {
    env: { BUNDLE_DIR: 'b' },
    ...more,
  });
const json = async (line: string) => {
  const ran = await alur(`${line} --json`);
  return { exit: ran.exit, ...Object(JSON.parse(ran.out)) };
};
const jobs = async () => (await queues.depth('1', Date.now())).waiting;
const isDead = async (mid: string) =>
  (await Promise.all([0, 1, 2].map((shard) => readDeadLetter(place.store.client, shard, mid)))).some(Boolean);
describe('alur dead list', () => {
  test('shows the newest first with a count by side and reason, and nothing personal', async () => {
    await buryThree();
    const ran = await alur('dead list');
    expect([ran.exit, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(/^DIED +AGE +MID +TEAM +NUMBER +CLASS +KIND +REASON +CODE +ATTEMPTS\n/);
    expect(ran.out).toMatch(
      /cccccccc +zoo\/default +100200400 +broadcast +template +template +132012 +1\n.*bbbbbbbb.*\n.*aaaaaaaa/,
    );
    expect(ran.out).toMatch(
      /3 dead messages\nfaults of the pipeline +1: configuration 1\nfaults of the content +1: template 1\nmatters of the recipient +1: bad_recipient 1\n/,
    );
    expect(ran.out).not.toContain(WA_ID);
  });

  test.each([
    ['--tenant acme', [B, A]],
    ['--tenant zoo', [C]],
    ['--team sales', []],
    [`--number ${ZOO}`, [C]],
    ['--reason configuration', [B]],
    ['--code 131026', [A]],
    ['--class reply', [B]],
    ['--side content', [C]],
    ['--since 1h', [C, B, A]],
    ['--since 2999-01-01', []],
    ['--until 1h', []],
    ['--until 2999-01-01T10:00Z --tenant acme --side recipient', [A]],
  ])('%s', async (filters, mids) => {
    await buryThree();
    const { exit, ok, data } = await json(`dead list ${filters}`);
    expect([exit, ok, data.total]).toEqual([0, true, mids.length]);
    expect(data.letters.map((letter: { mid: string }) => letter.mid)).toEqual(mids);
  });

  test('shows no more than --limit, and counts all', async () => {
    await buryThree();
    const ran = await alur('dead list --limit 1');
    expect(ran.out).toContain('… and 2 older');
    expect(ran.out).not.toContain('aaaaaaaa');
    const { data } = await json('dead list --limit 1');
    expect(data).toMatchObject({
      total: 3,
      bySide: { pipeline: 1, content: 1, recipient: 1 },
      byReason: { bad_recipient: 1, configuration: 1, template: 1 },
      letters: [
        {
          mid: C,
          tenant: 'zoo',
          team: 'default',
          number: ZOO,
          class: 'broadcast',
          kind: 'template',
          side: 'content',
          reason: 'template',
          code: '132012',
          attempts: 1,
        },
      ],
    });
  });

  test('says when there are none, and when no service has ever used this Redis', async () => {
    expect(await alur('dead list')).toEqual({ exit: 0, out: 'No dead messages.\n', err: '' });
    await place.store.client.flushall();
    const ran = await alur('dead list');
    expect([ran.exit, ran.err]).toEqual([0, expect.stringContaining('holds nothing of Alur')]);
    expect(await place.store.client.dbsize()).toBe(0);
  });
});

describe('alur dead show', () => {
  test('says all that is known with advice, and whether it can be replayed', async () => {
    await bury(B, { reason: 'configuration', code: '190' });
    const ran = await alur(`dead show ${B}`);
    expect([ran.exit, ran.err]).toEqual([0, '']);
    expect(ran.out).toContain(`Dead message ${B}\n`);
    expect(ran.out).toMatch(
      /reason +configuration, a fault of the pipeline\n +Mend token, rights or registration, then replay\./,
    );
    expect(ran.out).toMatch(
      /code +190: The access token has expired or was withdrawn\n +configuration: Alur pauses the number/,
    );
    expect(ran.out).toContain('possible: alur dead replay bbbbbbbb');
    expect(ran.out).not.toContain(WA_ID);
    expect(Math.max(...ran.out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('holds personal data with --body only, also in JSON', async () => {
    await bury(A);
    expect((await alur(`dead show ${A} --body`)).out).toContain(`"waId": "${WA_ID}"`);
    expect((await json(`dead show ${A}`)).data).not.toHaveProperty('body');
    const { data } = await json(`dead show ${A} --body`);
    expect(data).toMatchObject({
      reason: { name: 'bad_recipient', side: 'recipient' },
      code: { name: '131026', class: 'bad_recipient' },
      replay: { possible: true },
      body: { to: { waId: WA_ID } },
    });
  });

  test("takes the bundle's word on a code", async () => {
    await bury(A);
    const path = join(place.cwd, 'b/bundle.yaml');
    const before = await readFile(path, 'utf8');
    await appendFile(path, '\ngraph_errors:\n  "131026":\n    advice: Ring them up.\n');
    try {
      expect((await alur(`dead show ${A}`)).out).toContain('Ring them up.');
    } finally {
      await writeFile(path, before);
    }
  });

  test('takes the beginning of an id when only one begins like it', async () => {
    await bury('abcdef11'.padEnd(32, '0'));
    await bury('abcdef22'.padEnd(32, '0'));
    expect((await alur('dead show abcdef1')).exit).toBe(0);
    expect(await alur('dead show abcdef')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('2 dead messages'),
    });
  });

  test.each([
    ['dead show abc', 2, 'cannot be the id'],
    [`dead show ${'d'.repeat(32)}`, 4, 'No dead message'],
    ['dead show ddddddd', 4, 'No dead message'],
    ['dead show', 2, "missing required argument 'mid'"],
  ])('%s exits with %d', async (line, exit, message) => {
    expect(await alur(line)).toMatchObject({ exit, err: expect.stringContaining(message) });
  });
});

describe('alur dead replay', () => {
  test('lets one go at once, with a job for it, and says that limits are asked again', async () => {
    await bury(A);
    const ran = await alur(`dead replay ${A}`);
    expect([ran.exit, ran.err]).toEqual([0, '']);
    expect(ran.out).toMatch(
      /^Replayed 1 of 1 message\n {2}aaaaaaaa {2}goes now\n\nOpt-out, window and limits are asked again/,
    );
    expect([await isDead(A), await jobs()]).toEqual([false, 1]);
    expect(await alur(`dead replay ${A}`)).toMatchObject({ exit: 4 });
  });

  test('keeps the order of a conversation, and says what waits', async () => {
    await bury(A);
    await bury(B);
    const ran = await alur(`dead replay ${B} ${A} --yes`);
    expect(ran.out).toContain('aaaaaaaa  goes now\n  bbbbbbbb  waits its turn\n');
  });

  test('says when a pause holds what was replayed', async () => {
    await bury(A);
    await pauseNumber(place.store.client, shardOf('acme', 3), place.number, { of: 'number', code: '131042' });
    const ran = await alur(`dead replay ${A}`);
    expect(ran.out).toContain('aaaaaaaa  waits: number 100200300 is paused\n');
    expect(ran.out).toContain(
      'Number 100200300 is paused until it is lifted: 131042, The account cannot be billed',
    );
    expect([ran.exit, await jobs()]).toEqual([0, 0]);
  });

  test('asks before it replays several, and does nothing without a yes', async () => {
    await buryThree();
    const questions: string[] = [];
    const answer = (yes: boolean) => ({
      ask: (question: string) => {
        questions.push(question);
        return Promise.resolve(yes);
      },
    });
    expect(await alur('dead replay --all', answer(false))).toMatchObject({ exit: 7, out: '' });
    expect(questions.join('')).toMatch(/bbbbbbbb[^]*\nReplay 3 messages\? \[y\/N\] $/);
    expect(await isDead(A)).toBe(true);
    const ran = await alur('dead replay --all', answer(true));
    expect([ran.exit, ran.out]).toEqual([0, expect.stringContaining('Replayed 3 of 3 messages')]);
    expect([await isDead(A), await isDead(B), await isDead(C)]).toEqual([false, false, false]);
  });

  test('refuses several without a terminal and without --yes', async () => {
    await buryThree();
    expect(await alur('dead replay --all')).toMatchObject({
      exit: 7,
      err: expect.stringContaining('add --yes'),
    });
    expect(await isDead(A)).toBe(true);
    const { exit, data } = await json('dead replay --all --tenant acme --yes');
    expect([exit, data.messages.map((message: { mid: string }) => message.mid)]).toEqual([0, [A, B]]);
    expect(await isDead(C)).toBe(true);
  });

  test('does nothing in a dry run, and warns of what may have arrived', async () => {
    await buryThree();
    expect(await alur('dead replay --all --dry-run')).toMatchObject({ exit: 0, err: '' });
    await bury('e'.repeat(32), { reason: 'unknown_outcome', code: 'timeout' });
    const ran = await alur('dead replay --all --dry-run');
    expect([ran.exit, ran.out]).toEqual([0, expect.stringContaining('4 messages would be replayed')]);
    expect(ran.err).toContain('1 message with unknown_outcome may have arrived');
    expect(await isDead(A)).toBe(true);
  });

  test('leaves dead what cannot be sent: its number is gone, or its content', async () => {
    await bury(A);
    await bury(B, { number: place.other });
    await place.store.client.hdel(`{s${shardOf('acme', 3)}}:msg:${A}`, 'body');
    expect(await json('dead replay --all --dry-run --bundle one')).toMatchObject({
      exit: 0,
      data: { messages: [{ fate: 'would_replay' }, { mid: B, fate: 'no_number' }] },
    });
    const { exit, ok, data } = await json('dead replay --all --yes --bundle one');
    expect([exit, ok]).toEqual([7, false]);
    expect(data.messages).toEqual([
      { mid: A, fate: 'no_content' },
      { mid: B, fate: 'no_number' },
    ]);
    expect([await isDead(A), await isDead(B)]).toEqual([true, true]);
    expect((await alur(`dead show ${A}`)).out).toContain('cannot be: its content is gone');
    expect((await alur(`dead show ${B} --bundle one`)).out).toContain('is not in the bundle');
  });
});

describe('alur dead drop', () => {
  test('gives one up for good: it leaves the list, its content goes', async () => {
    await buryThree();
    const ran = await alur('dead drop aaaaaaa');
    expect([ran.exit, ran.out]).toEqual([
      0,
      'Dropped 1 of 1 message\n  aaaaaaaa  dropped: its content is gone\n',
    ]);
    expect(await place.store.client.hexists(`{s${shardOf('acme', 3)}}:msg:${A}`, 'body')).toBe(0);
    expect([await isDead(A), await isDead(B)]).toEqual([false, true]);
  });

  test('asks before it drops several, and drops all that the filters let through', async () => {
    await buryThree();
    let question = '';
    const ask = (text: string) => {
      question = text;
      return Promise.resolve(true);
    };
    expect((await alur('dead drop --all --dry-run')).out).toContain('3 messages would be dropped');
    expect((await alur('dead drop --all')).exit).toBe(7);
    expect(await isDead(A)).toBe(true);
    const ran = await alur('dead drop --all --tenant acme', { ask });
    expect(question).toContain('Their content is lost for good.\nDrop 2 messages? [y/N] ');
    expect([ran.exit, await isDead(A), await isDead(B), await isDead(C)]).toEqual([0, false, false, true]);
    expect((await json('dead drop --all --limit 1 --yes')).data.messages).toEqual([
      { mid: C, fate: 'dropped' },
    ]);
    expect(await alur('dead drop --all')).toEqual({ exit: 0, out: 'No dead messages to drop.\n', err: '' });
  });
});

describe('the command line of alur dead', () => {
  test.each([
    ['dead list --since yesterday', 2, '--since must be a time'],
    ['dead list --reason bad', 2, 'use one of bad_recipient'],
    ['dead list --limit 0', 2, '--limit cannot be "0"'],
    ['dead list --side both', 2, 'use one of pipeline, content, recipient'],
    ['dead replay', 2, 'No message is named'],
    [`dead drop ${A} --all`, 2, 'Both messages and --all'],
    [`dead drop ${A} --tenant acme`, 2, 'Filters go with --all only'],
    ['dead lost', 2, "unknown command 'lost'\n(Did you mean list?)"],
    [`dead replay ${A} --bundle nowhere`, 4, 'there is no such file'],
  ])('%s exits with %d', async (line, exit, message) => {
    expect(await alur(line)).toMatchObject({ exit, out: '', err: expect.stringContaining(message) });
  });

  test.each([
    [{ SHARDS: '2' }, 5, 'this Redis holds data of 3 shards'],
    [{ SHARDS: 'many' }, 3, 'SHARDS cannot be used'],
    [{ SHARDS: '3' }, 0, ''],
  ])('with %j in the environment exits with %d', async (env, exit, message) => {
    expect(await alur('dead list', { env })).toMatchObject({ exit, err: expect.stringContaining(message) });
  });

  test('takes Redis from the environment or a file, and tells no password when it is away', async () => {
    const list = (env: Record<string, string>) => runAlur(['dead', 'list'], place.cwd, { env });
    expect((await list({ REDIS_URL: place.redis.url })).exit).toBe(0);
    await writeFile(join(place.cwd, 'url'), `${place.redis.url}\n`);
    expect((await list({ REDIS_URL_FILE: join(place.cwd, 'url') })).exit).toBe(0);
    const away = await list({ REDIS_URL: 'redis://me:s3cret@127.0.0.1:1' });
    expect(away).toMatchObject({
      exit: 5,
      err: expect.stringContaining('Cannot reach Redis at 127.0.0.1:1'),
    });
    expect(away.err).not.toContain('s3cret');
    const odd = await runAlur(['dead', 'list', '--redis', 'http://x'], place.cwd);
    expect(odd).toMatchObject({ exit: 2, err: expect.stringContaining('redis:// or rediss://') });
  });
});
