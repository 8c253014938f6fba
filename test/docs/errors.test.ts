import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeDemoBundle, readBundle } from '@alur/bundle';
import { DEAD_REASONS, DeadReason, FailureClass } from '@alur/types';
import { listGraphCodes } from '@alur/whatsapp';
import { describe, expect, test } from '@jest/globals';
import { FAILURE_CLASSES } from '../../packages/cli/src/failure-classes.ts';
import { fencesOf, read, ROOT, tableOf } from './markdown.ts';

// To write the tables anew: ALUR_UPDATE_DOCS=1 npm run jest -- test/docs/errors
const IS_UPDATE = process.env['ALUR_UPDATE_DOCS'] === '1';

interface Table {
  document: string;
  name: string;
  head: string[];
  rows: string[][];
}

const code = (text: string) => `\`${text}\``;

const TABLES: Table[] = [
  {
    document: 'docs/errors.md',
    name: 'classes',
    head: ['class', 'what waits or stops', 'until', 'the message that was refused'],
    rows: FailureClass.options.map((name) => {
      const { holds, until, message } = FAILURE_CLASSES[name];
      return [code(name), holds, until, message];
    }),
  },
  {
    document: 'docs/errors.md',
    name: 'codes',
    head: ['code', 'meaning', 'class', 'Alur', 'what to do'],
    rows: listGraphCodes().map((row) => [
      row.code,
      row.title,
      code(row.class),
      FAILURE_CLASSES[row.class].does,
      row.advice,
    ]),
  },
];

/** As prettier writes it. */
function renderTable({ head, rows }: Table): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function update(table: Table): void {
  const { document, name } = table;
  const between = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`);
  const text = read(document).replace(between, (_, from, to) => `${from}\n\n${renderTable(table)}\n\n${to}`);
  writeFileSync(join(ROOT, document), text);
}

describe('tables that are made from the code', () => {
  test.each(TABLES)('$document: $name', (table) => {
    if (IS_UPDATE) update(table);
    expect(tableOf(read(table.document), table.name)).toEqual(table.rows);
  });
});

describe('docs/operations.md', () => {
  test('says of each reason whose matter it is and what to do, as `alur dead` does', () => {
    const rows = tableOf(read('docs/operations.md'), 'reasons').map(([reason, , side, advice]) => [
      reason,
      side,
      advice,
    ]);
    const expected = DeadReason.options.map((reason) => {
      const { side, advice } = DEAD_REASONS[reason];
      return [code(reason), side, advice];
    });
    expect(rows).toEqual(expected);
  });
});

describe('docs/errors.md', () => {
  test('shows how a bundle says something else of a code', async () => {
    const example = fencesOf(read('docs/errors.md')).find(({ info }) => info === 'yaml graph_errors');
    const dir = await mkdtemp(join(tmpdir(), 'alur-errors-'));
    const url = 'http://127.0.0.1:1';
    await makeDemoBundle({
      dir,
      publicBaseUrl: url,
      graphBaseUrl: url,
      flows: [],
      random: (bytes) => 'ab'.repeat(bytes),
    });
    const path = join(dir, 'bundle.yaml');
    await writeFile(path, `${await readFile(path, 'utf8')}\n${example?.text}`);
    expect((await readBundle(dir)).errors).toEqual(
      new Map([
        [131026, { advice: 'Call the customer instead.' }],
        [131016, { retryAfterMs: 30_000 }],
        [
          999999,
          {
            class: 'wait_number',
            retryAfterMs: 60_000,
            advice: 'New at Meta; the number rests for a minute.',
          },
        ],
      ]),
    );
    await rm(dir, { recursive: true });
  });
});
