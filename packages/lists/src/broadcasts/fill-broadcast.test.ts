import { describe, expect, test } from '@jest/globals';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { figure } from '../../../../test/support/figure.ts';
import { fillBroadcast, type FillReport } from './fill-broadcast.ts';
import type { RecipientsFormat } from '../rows/read-row.ts';
import { createSeenContacts } from './seen-contacts.ts';

const TEMPLATE = {
  name: 'news',
  language: { code: 'en' },
  components: [{ type: 'body', parameters: [{ type: 'text', text: 'Hi {{name}}' }] }],
};
const PLAN = { template: TEMPLATE, columns: ['name'], headings: {} };

async function* pieces(text: string, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) {
    await Promise.resolve();
    yield bytes.subarray(at, at + size);
  }
}

interface Read {
  report: FillReport;
  taken: { waId?: string | undefined; userId?: string | undefined; values: readonly string[] }[];
}

async function read(text: string, format: RecipientsFormat = 'csv', more: object = {}): Promise<Read> {
  const seen = createSeenContacts();
  const taken: Read['taken'] = [];
  const report = await fillBroadcast(pieces(text), {
    plan: { ...PLAN, ...more },
    format,
    country: 'ID',
    take: (recipients) =>
      Promise.resolve(
        recipients.map((each) => {
          const isNew = seen.add(each);
          if (isNew) taken.push(each);
          return isNew ? ('added' as const) : ('twice' as const);
        }),
      ),
  });
  return { report, taken };
}
const faultsOf = async (text: string, format?: RecipientsFormat, more?: object) =>
  (await read(text, format, more)).report.faults.map(({ line, col, code }) => `${line}:${col} ${code}`);

describe('fillBroadcast() reads CSV', () => {
  test.each([',', ';', '\t', '|'])('with %j between values, in pieces of any size', async (delimiter) => {
    const text =
      ['phone', 'name'].join(delimiter) + '\r\n' + ['+62 812 3456 7890', '"Ana ""A"", é"'].join(delimiter);
    expect((await read(text)).taken).toEqual([{ waId: '6281234567890', values: ['Ana "A", é'] }]);
  });

  test('headings in any case, with a mark of Unicode, empty lines and columns that nobody needs', async () => {
    const text = '\uFEFFNote, PHONE ,Name\n\nx,081234567890,Ana\n\n';
    expect((await read(text)).taken).toEqual([{ waId: '6281234567890', values: ['Ana'] }]);
  });

  test('by the names that headings have there', async () => {
    const headings = { wa_id: 'No. HP Ibu', name: 'Nama' };
    const { taken } = await read('Nama,No. HP Ibu\nAna,081234567890\n', 'csv', { headings });
    expect(taken).toEqual([{ waId: '6281234567890', values: ['Ana'] }]);
  });

  test('one contact once, however it is written, by number or by user id', async () => {
    const user = 'US.13491208655302741918';
    const text = `phone,user_id,name\n+6281234567890,,A\n0812-3456-7890,${user},B\n0812-3456-7891,${user},C\n,${user},D\n`;
    expect((await read(text)).report).toMatchObject({ read: 4, added: 2, duplicates: 2 });
  });

  test.each([
    ['a number that is none', 'phone,name\nx,Ana\n', ['2:1 bad_number']],
    ['no number', 'name,phone\nAna,\n', ['2:5 no_contact']],
    ['an empty value', 'phone,name\n081234567890, \n', ['2:14 empty_value']],
    ['too few values', 'phone,name\n081234567890\n081234567891,B\n', ['2:1 unreadable']],
    ['too many', 'phone,name\n081234567890,A,B\n', ['2:14 unreadable']],
    [
      'a line break in a value',
      'phone,name\n081234567890,"A\nB"\nx,C\n',
      ['2:14 bad_value', '4:1 bad_number'],
    ],
    ['five spaces in a row', 'phone,name\n081234567890,A     B\n', ['2:14 bad_value']],
    ['a value that is too long', `phone,name\n081234567890,${'é'.repeat(1_025)}\n`, ['2:14 bad_value']],
    ['what is not UTF-8', 'phone,name\n081234567890,\uFFFD\nx,B\n', ['2:14 unreadable', '3:1 bad_number']],
    [
      'a quote that is never closed',
      'phone,name\nx,A\n081234567890,"B\nC,D\n',
      ['2:1 bad_number', '3:1 unreadable'],
    ],
    ['a bad user id', 'user_id,name\nana,A\n', ['2:1 bad_number']],
  ])('and tells %s with its place', async (_, text, faults) => {
    expect(await faultsOf(text)).toEqual(faults);
  });

  test.each([
    ['nothing', '', 'it is empty'],
    ['no column of numbers', 'name\nAna\n', 'no column one of phone numbers, such as `phone`'],
    ['no column of a value', 'phone,nama\n081234567890,A\n', 'no column `name`'],
    ['a sheet that is no CSV', 'PK\u0003\u0004\0\0', 'save the sheet as CSV'],
  ])('and uses no file with %s', async (_, text, message) => {
    const { report } = await read(text);
    expect(report).toMatchObject({ stopped: 'file', added: 0, faulty: 1 });
    expect(report.faults[0]?.message).toContain(message);
  });

  test('and checks what is no text by the whole message', async () => {
    const link = { type: 'header', parameters: [{ type: 'image', image: { link: '{{name}}' } }] };
    const plan = { template: { ...TEMPLATE, components: [link] } };
    const text = 'phone,name\n081234567890,https://x.example/a.png\n081234567891,no link\n';
    expect(await faultsOf(text, 'csv', plan)).toEqual(['3:1 bad_value']);
  });

  test('and tells the first hundred faults with their places, and counts the rest', async () => {
    const { report } = await read(`phone,name\n${'x,A\n'.repeat(250)}081234567890,A\n`);
    expect(report).toMatchObject({ read: 251, added: 1, faulty: 250, faultCounts: { bad_number: 250 } });
    expect(report.faults).toHaveLength(100);
    expect(JSON.stringify(report)).not.toContain('081234567890');
  });
});

describe('fillBroadcast() reads lines', () => {
  test('of JSON, and tells what is none', async () => {
    const lines = [
      '{"phone":"0812 3456 7890","name":7}',
      '{',
      '',
      '[1]',
      '{"phone":1,"name":"A"}',
      '{"name":"A","phone":"x"}',
    ];
    const { report, taken } = await read(lines.join('\n'), 'ndjson');
    expect(taken).toEqual([{ waId: '6281234567890', values: ['7'] }]);
    expect(report.faults.map(({ line, col, code }) => [line, col, code])).toEqual([
      [2, 1, 'unreadable'],
      [4, 1, 'unreadable'],
      [5, 2, 'bad_number'],
      [6, 13, 'bad_number'],
    ]);
  });

  test('of numbers alone', async () => {
    const { report } = await read('081234567890\n\n+62 812 3456 7890\r\nAna\n', 'list', {
      columns: [],
      template: { ...TEMPLATE, components: [] },
    });
    expect(report).toMatchObject({ added: 1, duplicates: 1, faulty: 1 });
  });
});

/** LINES=100000 goes up to a million. */
const LINES = Number(process.env['LINES'] ?? 20_000);

test('fillBroadcast() holds no more of ten times as many lines', async () => {
  const peaks: number[] = [];
  for (const count of [LINES, 10 * LINES]) {
    let [peak, taken] = [0, 0];
    const startedMs = performance.now();
    const report = await fillBroadcast(rows(count), {
      plan: PLAN,
      format: 'csv',
      take: (recipients) => {
        const isTenth =
          Math.floor((10 * taken) / count) < Math.floor((10 * (taken + recipients.length)) / count);
        taken += recipients.length;
        if (isTenth) peak = Math.max(peak, heldBytes());
        return Promise.resolve(recipients.map(() => 'added' as const));
      },
    });
    expect(report.added).toBe(count);
    peaks.push(peak / 2 ** 20);
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    figure(`${count} lines in ${seconds} s, ${(peak / 2 ** 20).toFixed(1)} MB held`);
  }
  expect((peaks[1] ?? 0) - (peaks[0] ?? 0)).toBeLessThan(10);
}, 180_000);

/** What is held, without what is only waiting to be collected. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc()');
  return process.memoryUsage().heapUsed;
}

async function* rows(count: number): AsyncGenerator<string> {
  yield 'phone,name\n';
  for (let from = 0; from < count; from += 1_000) {
    await Promise.resolve();
    yield Array.from(
      { length: 1_000 },
      (_, place) => `${628_100_000_000 + from + place},Name ${from + place}\n`,
    ).join('');
  }
}
