import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { learnLimits, pauseNumber, resumeNumber, shardOf } from '@alur/store';
import { runAlur } from '../../testing/run-alur.ts';
import { startTestPlace, type TestPlace } from '../../testing/test-place.ts';

let place: TestPlace;
beforeAll(async () => {
  place = await startTestPlace();
  await writeFile(
    join(place.cwd, 'sale.json'),
    JSON.stringify({
      name: 'sale',
      language: 'en',
      components: [{ type: 'body', parameters: [{ type: 'text', text: '{{name}}' }] }],
    }),
  );
  const lines = [
    'Phone,First name',
    '+6281234567890,Ana',
    '+62 812 3456 7890,Ana',
    '+6281234567891,',
    'x,Ben',
    '+6281234567892,Cid',
  ];
  await writeFile(join(place.cwd, 'people.csv'), lines.join('\n'));
});
afterAll(() => place.stop());
beforeEach(async () => {
  await place.store.client.flushall();
  await place.store.client.hset('alur:meta', 'shards', 3);
});

const alur = (...args: string[]) =>
  runAlur([...args, '--redis', place.redis.url], place.cwd, { env: { BUNDLE_DIR: 'b' } });
const PLAN = ['--template', 'sale.json', '--tenant', 'acme', '--column', 'name=First name'];
const make = async (...more: string[]): Promise<string> => {
  const made = await alur('broadcast', 'create', 'Spring', ...PLAN, ...more);
  expect([made.exit, made.err]).toEqual([0, expect.stringContaining('compared with nothing')]);
  return made.out.slice(0, 8);
};

describe('alur broadcast', () => {
  test('check reads files, tells each fault with its place, and writes nothing', async () => {
    const before = await place.store.client.keys('*');
    const ran = await alur('broadcast', 'check', '--file', 'people.csv', ...PLAN);
    expect(ran.exit).toBe(3);
    expect(ran.out).toMatch(/^people\.csv:4:16: `name` is empty\npeople\.csv:5:1: the phone number/);
    expect(ran.out).toMatch(
      /5 lines read: 2 recipients, 1 there already, 2 faulty\n2 would get it; 0 opted out\n/,
    );
    expect(ran.err).toMatch(
      /the template was compared with nothing, the team acme\/\w+ has no pulled templates: alur templates pull --bundle \S+b\n/,
    );
    expect(ran.out).not.toMatch(/81234567/);
    expect(await place.store.client.keys('*')).toEqual(before);
  });

  test('from a draft to its report', async () => {
    const id = await make('--file', 'people.csv');
    expect((await alur('broadcast', 'add', id, 'people.csv')).out).toContain('0 recipients, 3 there already');
    expect((await alur('broadcast', 'list')).out).toMatch(/^ID .*\n\w{8} +acme\/\w+ +Spring +draft .* 2 /);
    expect((await alur('broadcast', 'check', id)).out).toContain('2 would get it');
    expect((await alur('broadcast', 'start', id)).exit).toBe(0);
    expect((await alur('broadcast', 'add', id, 'people.csv')).exit).toBe(7);
    expect((await alur('broadcast', 'show', id)).out).toMatch(/state +running\n(.*\n)*.*outcomes +2 waiting/);
    for (const move of ['pause', 'resume', 'cancel'])
      expect((await alur('broadcast', move, id)).exit).toBe(0);
    const refused = await alur('broadcast', 'resume', id);
    expect([refused.exit, refused.err]).toEqual([7, expect.stringContaining('it is cancelled')]);
    const over = await alur('broadcast', 'show', id, '--watch');
    expect([over.exit, over.err]).toEqual([0, 'cancelled: 2 cancelled; 0 a second\n']);
    expect(over.out).toMatch(/outcomes +2 cancelled\n/);
    expect((await alur('broadcast', 'report', id, '--out', 'r.csv')).exit).toBe(0);
    expect(await readFile(join(place.cwd, 'r.csv'), 'utf8')).toBe(
      'recipient,message,state,reason,code\n1,,cancelled,,\n2,,cancelled,,\n',
    );
    // A file that is there may be one that others read.
    expect((await alur('broadcast', 'report', id, '--out', 'r.csv', '--show-contact')).exit).toBe(7);
    expect((await stat(join(place.cwd, 'r.csv'))).mode & 0o777).toBe(0o600);
    expect((await alur('broadcast', 'delete', id)).exit).toBe(0);
    expect((await alur('broadcast', 'show', id)).exit).toBe(4);
  });

  test('show says why it does not move while it runs', async () => {
    const id = await make('--file', 'people.csv');
    const { client, shards } = place.store;
    const shard = shardOf(place.number.tenant, shards);
    await pauseNumber(client, shard, place.number, { of: 'number', code: 'operator' });
    await learnLimits(client, shard, place.number, { tierLimit: 0 });
    expect((await alur('broadcast', 'show', id)).out).not.toContain('waits');
    await alur('broadcast', 'start', id);
    const { out } = await alur('broadcast', 'show', id);
    expect(out.replace(/\s+/g, ' ')).toContain(
      'waits for its number, paused until it is lifted: operator, Paused with `alur numbers pause` for room in the tier: the tier is 0,',
    );
    const { data } = Object(JSON.parse((await alur('broadcast', 'show', id, '--json')).out));
    expect(data.waits).toEqual([
      { for: 'number', code: 'operator', until: null },
      { for: 'tier', until: null },
    ]);
    await resumeNumber(client, shard, place.number);
    await learnLimits(client, shard, place.number, { tierLimit: 5 });
    expect((await alur('broadcast', 'show', id)).out).not.toContain('waits');
  });

  test.each([
    ['no such template file', ['create', 'x', '--tenant', 'acme', '--template', 'none.json'], 3],
    ['a column that nothing needs', ['create', 'x', ...PLAN, '--column', 'city=City'], 3],
    ['no such team', ['create', 'x', ...PLAN, '--team', 'none'], 4],
    ['an id that nothing has', ['start', 'ffff'], 4],
    ['nothing to check', ['check'], 2],
    ['a time that is none', ['start', 'ffff', '--at', 'soon'], 2],
  ])('refuses %s', async (_, args, exit) => {
    expect((await alur('broadcast', ...args)).exit).toBe(exit);
  });

  test('nobody is added when one line is faulty and it is to be strict', async () => {
    const id = await make();
    expect((await alur('broadcast', 'add', id, 'people.csv', '--strict')).exit).toBe(3);
    expect((await alur('broadcast', 'start', id)).err).toContain('no recipients');
  });
});
