import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatProblem } from './problem.ts';
import {
  readTemplatesFile,
  renderTemplatesFile,
  writeTemplatesFiles,
  type TemplatesFile,
} from './templates-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'templates-'));
  await mkdir(join(dir, 'templates'));
});
afterEach(() => rm(dir, { recursive: true }));

const one = (name: string, language: string) => ({
  id: '1',
  status: 'APPROVED',
  name,
  components: [{ text: 'Hello', type: 'BODY', example: { body_text: [['a']] } }],
  language,
  category: 'UTILITY',
  added_later: true,
});
const FILE: TemplatesFile = {
  waba: '88',
  pulled_at: '2026-01-05T09:00:00.000Z',
  templates: [one('b', 'en'), one('a', 'id'), one('a', 'en')],
};
const write = (text: string) => writeFile(join(dir, 'templates/88.json'), text);
const problem = async () => {
  const read = await readTemplatesFile(dir, '88');
  return read.kind === 'invalid'
    ? read.problems.map((each) => formatProblem(each).replace(dir, '')).join('\n')
    : read.kind;
};

describe('renderTemplatesFile()', () => {
  test('writes the same text for the same templates, in whatever order they and their members come', () => {
    const text = renderTemplatesFile(FILE);
    const turned = FILE.templates
      .toReversed()
      .map((each) => Object.fromEntries(Object.entries(each).toReversed()));
    expect(renderTemplatesFile({ ...FILE, templates: JSON.parse(JSON.stringify(turned)) })).toBe(text);
    expect(text.match(/"name": "."|"language": ".."/g)).toEqual(
      ['a', 'en', 'a', 'id', 'b', 'en'].map(
        (value, index) => `"${index % 2 === 0 ? 'name' : 'language'}": "${value}"`,
      ),
    );
    expect(text).toContain('{\n          "type": "BODY",\n          "example": {');
    expect(text.endsWith('}\n')).toBe(true);
  });
});

describe('readTemplatesFile()', () => {
  test('reads back what was written, and leaves nothing else behind', async () => {
    await rm(join(dir, 'templates'), { recursive: true });
    await writeTemplatesFiles(dir, [FILE]);
    expect(await readdir(join(dir, 'templates'))).toEqual(['88.json']);
    expect((await stat(join(dir, 'templates/88.json'))).mode & 0o777).toBe(0o644);
    const read = await readTemplatesFile(dir, '88');
    expect(read).toMatchObject({
      kind: 'read',
      file: { templates: [{ name: 'a', added_later: true }, {}, {}] },
    });
    expect(read.kind === 'read' && read.text).toBe(await readFile(join(dir, 'templates/88.json'), 'utf8'));
    expect((await readTemplatesFile(dir, '99')).kind).toBe('missing');
  });

  test('names the place of what is wrong', async () => {
    await write('{\n  "waba": "88",\n  oops\n}');
    expect(await problem()).toBe(
      '/templates/88.json:3:3: the file is no JSON here (write it anew with `alur templates pull`)',
    );
    await write('{"waba": "88",');
    expect(await problem()).toContain('/templates/88.json:1:15: the file is no JSON here');
    await write(renderTemplatesFile(FILE).replace('"name": "b"', '"name": "B B"'));
    expect(await problem()).toMatch(/^\/templates\/88\.json:\d+:15: `templates\.2\.name` cannot be read: /);
    await write('[]');
    expect(await problem()).toContain('the file cannot be read');
    await write(renderTemplatesFile({ ...FILE, waba: '77' }));
    expect(await problem()).toContain('the file holds the templates of another WABA');
    await truncate(join(dir, 'templates/88.json'), 8_388_609);
    expect(await problem()).toContain('larger than 8 MB');
  });
});
