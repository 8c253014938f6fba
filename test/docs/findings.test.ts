import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { checkExample, FINDING_CODES, type FlowSource } from '@alur/flow';
import { describe, expect, test } from '@jest/globals';
import { colorsFor, type Io } from '../../packages/cli/src/io.ts';
import { renderFinding } from '../../packages/cli/src/render-finding.ts';
import { runAlur } from '../../packages/cli/src/testing/run-alur.ts';
import { fencesOf, read, ROOT } from './markdown.ts';

// To write the document anew: ALUR_UPDATE_DOCS=1 npm run jest -- test/docs/findings
const IS_UPDATE = process.env['ALUR_UPDATE_DOCS'] === '1';
const DOCUMENT = 'docs/findings.md';

const ENTRIES = Object.entries(FINDING_CODES).sort(([a], [b]) => (a < b ? -1 : 1));
const io: Io = {
  stdout: { write: () => undefined },
  stderr: { write: () => undefined },
  stdin: Readable.from([]),
  env: {},
  isTTY: false,
  cwd: ROOT,
  untilStopped: () => Promise.resolve(),
};
const PLAIN = colorsFor(io, false);

const fence = (info: string, text: string) => ['```' + info, text.trimEnd(), '```', ''];
const sources = (files: readonly FlowSource[]) =>
  files.flatMap(({ path, text }) => fence('yaml', files.length > 1 ? `# ${path}\n${text}` : text));

function rendered(code: string, example: Parameters<typeof checkExample>[0]): string {
  const found = checkExample(example).find((finding) => finding.code === code);
  return found ? renderFinding(found, PLAIN) : '';
}

function section([code, { severity, title, explanation, fails, passes }]: (typeof ENTRIES)[number]): string {
  return [
    `### ${code}`,
    '',
    `**${title}** (${severity}). ${explanation}`,
    '',
    ...fails.flatMap((example) => [
      example.strict ? 'Wrong:' : 'Wrong, with `strict: false`:',
      '',
      ...sources(example.files),
      ...fence('text', rendered(code, example)),
    ]),
    ...passes.flatMap(({ files }) => ['Right:', '', ...sources(files)]),
  ].join('\n');
}

const PARTS = {
  findings: [
    '| code | severity | title |',
    '| --- | --- | --- |',
    ...ENTRIES.map(
      ([code, { severity, title }]) => `| [\`${code}\`](#${code.toLowerCase()}) | ${severity} | ${title} |`,
    ),
  ].join('\n'),
  codes: ENTRIES.map(section).join('\n').trimEnd(),
};

const between = (name: string) => new RegExp(`(<!-- ${name} -->)\n([^]*?)\n(<!-- /${name} -->)`);

describe('docs/findings.md', () => {
  test.each(Object.entries(PARTS))('has the %s as the code has them', (name, expected) => {
    if (IS_UPDATE) {
      const text = read(DOCUMENT).replace(
        between(name),
        (_, from, __, to) => `${from}\n\n${expected}\n\n${to}`,
      );
      writeFileSync(join(ROOT, DOCUMENT), text);
    }
    expect(between(name).exec(read(DOCUMENT))?.[2]?.trim()).toBe(expected);
  });

  test.each(ENTRIES)('%s: `alur explain` prints the same', async (code, { title, explanation }) => {
    const { exit, out, err } = await runAlur(['explain', code], ROOT);
    expect([exit, err]).toEqual([0, '']);
    expect(out.replace(/\s+/g, ' ')).toContain(`${title} ${explanation}`);
    const own = new RegExp(`^### ${code}\n([^]*?)(?=^### |^<!-- /)`, 'm').exec(read(DOCUMENT))?.[1] ?? '';
    for (const { info, text } of fencesOf(own)) {
      const shown = info === 'text' ? text : text.replace(/^(?=.)/gm, '  ');
      expect(out).toContain(shown.trimEnd());
    }
  });
});
