import { readFile } from 'node:fs/promises';
import { contactHashes } from '../../../store/src/keys.ts';
import { takingTurns } from '../../../store/src/testing/taking-turns.ts';
import { useStore } from '../../../store/src/testing/use-store.ts';
import { listWishes, readWishes, setWish, type Commit, type ContactPlace } from '@alur/store';
import { NumberId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import { textEvent } from '../../../../test/support/events.ts';
import { figure } from '../../../../test/support/figure.ts';
import { importWishes, type ImportOptions } from './import-wishes.ts';
import { cellOf, renderWishes } from './render-wishes.ts';
import { WISH_COLUMNS } from './wish-line.ts';

const store = useStore();
const { accept, first, take } = takingTurns(store);
const place: ContactPlace = { shard: 0, tenant: 'default', numbers: [NumberId.parse('100200300')] };
const NOW_S = 1_800_000_000;
/** By which the conversation is in the list of the team's contacts. */
const life: Commit['life'] = {
  team: 'default',
  trace: { kind: 'text', outcome: 'completed', nodes: [], messages: [], emitted: [] },
};

const read = (text: string | AsyncIterable<string>, over: Partial<ImportOptions> = {}) =>
  importWishes(store.client, place, typeof text === 'string' ? pieces(text) : text, {
    nowS: NOW_S,
    strict: false,
    format: 'csv',
    ...over,
  });
const wishes = () => store.real.hgetall(store.keys.optOuts('default'));
const hashOf = (waId: string) => contactHashes('default', { waId })[0] ?? '';

async function* pieces(text: string, size = 7): AsyncGenerator<string> {
  await Promise.resolve();
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

async function exported(teams = ['default']): Promise<string> {
  let text = '';
  for await (const piece of renderWishes(listWishes(store.client, { shard: 0, tenant: 'default', teams })))
    text += piece;
  return text;
}

describe('importWishes()', () => {
  test('takes opt-outs of everything, from now, where a file names contacts alone', async () => {
    const result = await read('wa_id\n+62 812-3456-7890\n6281234567891\n');
    expect(result).toEqual({ taken: 2, unchanged: 0, refused: 0, problems: [] });
    expect(await wishes()).toEqual({
      [hashOf('6281234567890')]: `out:${NOW_S}:import`,
      [hashOf('6281234567891')]: `out:${NOW_S}:import`,
    });
  });

  test('names each bad line with its place, never what it says, and takes the others', async () => {
    const text = [
      'wa_id,user_id,contact_hash,scope,change,at,source',
      '6281234567890,,,,,,',
      'secret-name,,,,,,',
      ',,,,,,',
      '6281234567891,,,everything,,,',
      '6281234567891,,,all,away,,',
      '6281234567891,,,all,out,yesterday,',
      '6281234567891,,,all,out,2999-01-01,',
      '6281234567891,,,all,out,,=SUM(A1)',
      '6281234567891,US.13491208655302741918,,,,,',
      ',not a user,,,,,',
      ',,zz,,,,',
      '6281234567892,,',
      '6281234567893,,,marketing,out,2026-03-01T09:30:00+07:00,newsletter',
    ].join('\r\n');
    const { problems, ...counts } = await read(text);
    expect(counts).toEqual({ taken: 2, unchanged: 0, refused: 11 });
    expect(problems.map(({ line }) => line)).toEqual([3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(problems.find(({ line }) => line === 5)).toEqual({
      line: 5,
      col: 17,
      message: '`scope` is `all` or `marketing`',
    });
    expect(JSON.stringify(problems)).not.toMatch(/secret-name|SUM|yesterday|6281234567891/);
    expect(await wishes()).toMatchObject({ [`m:${hashOf('6281234567893')}`]: 'out:1772332200:newsletter' });
  });

  test('takes nothing of a file with a fault when it is strict, and all of one without', async () => {
    const text = 'wa_id\n6281234567890\nnobody\n';
    expect(await read(text, { strict: true })).toMatchObject({ taken: 0, refused: 1 });
    expect(await wishes()).toEqual({});
    expect(await read('wa_id\n6281234567890\n', { strict: true })).toMatchObject({ taken: 1, refused: 0 });
  });

  test('takes no more lines all or none than it holds', async () => {
    async function* many(): AsyncGenerator<string> {
      yield 'contact_hash\n';
      for (let n = 0; n <= 1_000; n += 1) yield `${n.toString(16).padStart(32, '0')}\n`;
      await Promise.resolve();
    }
    expect(await read(many(), { strict: true, strictLinesMax: 1_000 })).toMatchObject({
      taken: 0,
      refused: 1,
    });
    expect(await wishes()).toEqual({});
  });

  test.each([
    ['wa_id,changed\n1,out\n', 'none of'],
    ['scope,change\nall,out\n', 'no heading is'],
    ['', 'empty'],
  ])('refuses a file that is another: %j', async (text, message) => {
    const result = await read(text);
    expect(result).toMatchObject({ taken: 0, refused: 1 });
    expect(result.problems[0]?.message).toContain(message);
  });

  test('does not outdo what a contact wished since', async () => {
    const contact = { waId: '6281234567890' };
    await setWish(store.client, 0, {
      tenant: 'default',
      contact,
      change: 'in',
      scope: 'all',
      atS: 500,
      source: 'operator',
    });
    expect(await read('wa_id,at\n6281234567890,400\n')).toMatchObject({ taken: 0, unchanged: 1 });
    expect(await read('wa_id,at\n6281234567890,600\n')).toMatchObject({ taken: 1, unchanged: 0 });
  });

  test('takes an opt-out back under every id that is known of the contact', async () => {
    const both = { waId: '6281234567890', userId: 'US.13491208655302741918' };
    await accept({ ...textEvent({ wamid: 'a' }), from: both });
    await take(await first(), { contact: { ...both, tags: [] } });
    await setWish(store.client, 0, {
      tenant: 'default',
      contact: both,
      change: 'out',
      scope: 'all',
      atS: 5,
      source: 'operator',
    });
    expect(await read('wa_id,change\n6281234567890,in\n')).toMatchObject({ taken: 1 });
    const hashes = contactHashes('default', both);
    expect(await readWishes(store.client, { shard: 0, tenant: 'default' }, hashes)).toMatchObject({
      all: { change: 'in' },
    });
  });

  test('reads JSON a line', async () => {
    const text = '{"wa_id":"6281234567890","scope":"marketing"}\n{"wa_id":"x"}\n';
    expect(await read(text, { format: 'ndjson' })).toMatchObject({
      taken: 1,
      refused: 1,
      problems: [{ line: 2 }],
    });
  });

  test('holds some hundred lines of twenty thousand', async () => {
    async function* many(): AsyncGenerator<string> {
      yield 'wa_id,scope\n';
      for (let n = 0; n < 20_000; n += 1) yield `62812${String(n).padStart(8, '0')},all\n`;
      await Promise.resolve();
    }
    const began = performance.now();
    const before = process.memoryUsage().heapUsed;
    expect(await read(many())).toMatchObject({ taken: 20_000, refused: 0 });
    const seconds = (performance.now() - began) / 1000;
    const grownMb = Math.round((process.memoryUsage().heapUsed - before) / 1e6);
    figure(`20,000 opt-outs in ${seconds.toFixed(1)} s, heap grown by ${grownMb} MB`);
    expect(await store.real.hlen(store.keys.optOuts('default'))).toBe(20_000);
  }, 60_000);
});

describe('an export', () => {
  test('names whom a conversation names, and comes to the same wishes in an empty Redis', async () => {
    const both = { waId: '6281234567890', userId: 'US.13491208655302741918' };
    await accept({ ...textEvent({ wamid: 'a' }), from: both });
    await take(await first(), { contact: { ...both, tags: [] }, life });
    const of = { tenant: 'default', source: 'operator' } as const;
    await setWish(store.client, 0, { ...of, contact: both, change: 'out', scope: 'all', atS: 5 });
    await setWish(store.client, 0, { ...of, contact: both, change: 'in', scope: 'all', atS: 7 });
    await setWish(store.client, 0, {
      ...of,
      contact: { waId: '15550009' },
      change: 'out',
      scope: 'marketing',
      atS: 9,
    });
    for (let n = 0; n < 1_500; n += 1) {
      await setWish(store.client, 0, {
        ...of,
        contact: { waId: `1666${n}` },
        change: 'out',
        scope: 'all',
        atS: n,
      });
    }
    const before = await wishes();
    const text = await exported();
    const lines = text.split('\r\n');
    expect(lines.filter((line) => /^6|^,U|15550009/.test(line))).toHaveLength(2);
    expect(lines).toContain(`6281234567890,,${hashOf('6281234567890')},all,in,1970-01-01T00:00:07Z,operator`);
    expect(text).toContain(',US.13491208655302741918,');
    expect(lines).toContain(`,,${hashOf('15550009')},marketing,out,1970-01-01T00:00:09Z,operator`);
    expect(text.split('\r\n')).toHaveLength(1 + Object.keys(before).length + 1);
    expect(text).not.toContain('15550009');
    await store.real.flushall();
    expect(await read(text)).toMatchObject({ taken: 1_501, unchanged: 2, refused: 0 });
    expect(await wishes()).toEqual(before);
  });

  test('names nobody by another team', async () => {
    const from = { waId: '6281234567890' };
    await accept({ ...textEvent({ wamid: 'a' }), from });
    await take(await first(), { contact: { ...from, tags: [] }, life });
    await setWish(store.client, 0, {
      tenant: 'default',
      contact: from,
      change: 'out',
      scope: 'all',
      atS: 5,
      source: 'operator',
    });
    expect(await exported(['other'])).not.toContain('6281234567890');
    expect(await exported(['default'])).toContain('6281234567890');
  });

  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['@x', "'@x"],
    ['-x', "'-x"],
    ['a,b', '"a,b"'],
    ['a"b', '"a""b"'],
    ['plain', 'plain'],
  ])('cellOf() writes %s so that no sheet takes it for a formula', (value, cell) => {
    expect(cellOf(value)).toBe(cell);
  });
});

test('docs/contacts.md has the columns of the file, in their order', async () => {
  const page = await readFile(new URL('../../../../docs/contacts.md', import.meta.url), 'utf8');
  const [, table = ''] = /<!-- columns -->([^]*?)<!-- \/columns -->/.exec(page) ?? [];
  const columns = [...table.matchAll(/^\| `(\w+)`/gm)].map(([, column]) => column);
  expect(columns).toEqual(WISH_COLUMNS);
});
