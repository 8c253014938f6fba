import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runAlur } from '../../testing/run-alur.ts';

const FLOW = `name: say
version: "1.0"
nodes:
  - id: which
    type: branch
    config: {conditions: [{expression: "message == 'tea'", next: tea}], default: other}
  - id: tea
    type: reply
    config: {message: "Here is your tea"}
  - id: other
    type: reply
    config: {message: "We have tea"}
triggers:
  - {type: message, target: which}
`;
const TESTS = `tests:
  - name: gives tea
    steps:
      - in: tea
        out: [Here is your tea]
  - name: "knows <nothing> & else"
    steps:
      - in: coffee
        out: [We have tea]
`;

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-test-'));
  await put('flows/say.ygtc', FLOW);
  await put('flows/say.test.yaml', TESTS);
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<void> {
  await mkdir(join(cwd, path, '..'), { recursive: true });
  await writeFile(join(cwd, path), text);
}
const alur = (...argv: string[]) => runAlur(argv, cwd);
const data = async (...argv: string[]) => {
  const ran = await alur('--json', 'test', ...argv);
  return { exit: ran.exit, ...JSON.parse(ran.out) };
};

describe('alur test', () => {
  test('passes, and says how many tests there were', async () => {
    const ran = await alur('test');
    expect(ran).toMatchObject({ exit: 0, err: '' });
    expect(ran.out).toMatch(/^2 tests in 1 file, 2 passed \(\d+ ms\)\n$/);
    expect(await data('flows/say.test.yaml')).toMatchObject({
      exit: 0,
      ok: true,
      data: { passed: 2, failed: 0, files: 1 },
    });
  });

  test('fails with place, difference and trace', async () => {
    await put('flows/say.ygtc', FLOW.replace('We have tea', 'We have jamu'));
    const ran = await alur('test', 'flows');
    expect(ran.exit).toBe(6);
    expect(ran.out).toMatch(
      new RegExp(
        [
          '^failed: knows <nothing> & else',
          '  --> flows/say.test.yaml:9:14  step 1, in coffee',
          '  out \\(- expected, \\+ got\\)',
          '    - We have tea',
          '    \\+ We have jamu',
          '  trace',
          '      say/which \\(branch\\): default',
          '      say/other \\(reply\\)',
          '      text: completed',
          '',
          '2 tests in 1 file, 1 passed, 1 failed \\(\\d+ ms\\)\\n$',
        ].join('\\n'),
      ),
    );
    expect(await data()).toMatchObject({
      exit: 6,
      ok: false,
      error: { code: 'tests_failed' },
      data: { failed: 1 },
    });
  });

  test('takes only tests of a name', async () => {
    await put('flows/say.ygtc', FLOW.replace('We have tea', 'We have jamu'));
    expect((await alur('test', '--filter', 'GIVES')).out).toMatch(/^1 test in 1 file, 1 passed/);
    const none = await alur('test', '--filter', 'coffee');
    expect(none).toMatchObject({ exit: 4, err: expect.stringContaining('No test has "coffee" in its name') });
  });

  test('lists what no test reaches, and fails below a percentage', async () => {
    await put('flows/say.test.yaml', TESTS.slice(0, TESTS.indexOf('  - name: "knows')));
    await put('flows/more/left.ygtc', FLOW.replace('name: say', 'name: left'));
    const ran = await alur('test', '--coverage');
    expect(ran.exit).toBe(0);
    expect(ran.out).toContain('flows/say.ygtc:10  node other\n');
    expect(ran.out).not.toContain('other →');
    expect(ran.out).toContain('flows/say.ygtc:4  which → other (default)\n');
    expect(ran.out).toMatch(/flows\/more\/left\.ygtc +0\/3 +0\/3 +0 %/);
    const below = await alur('test', '--min-coverage', '50');
    expect(below.exit).toBe(6);
    expect(below.out).toContain('The tests reach 33.3 % of the flows, less than 50 %');
    expect((await alur('test', '--min-coverage', '33')).exit).toBe(0);
    expect((await alur('test', '--min-coverage', 'x')).exit).toBe(2);
    expect(await data('--coverage')).toMatchObject({
      data: { coverage: { percent: 33.3, missed: expect.any(Array) } },
    });
  });

  test('writes what the flows say now, and keeps the rest', async () => {
    await put('flows/say.ygtc', FLOW.replace('We have tea', 'We have jamu'));
    await put('flows/say.test.yaml', `# Tea.\n${TESTS}`);
    const ran = await alur('test', '--update');
    expect(ran.exit).toBe(0);
    expect(ran.out).toMatch(/2 passed, 1 file updated/);
    expect(await readFile(join(cwd, 'flows/say.test.yaml'), 'utf8')).toBe(
      `# Tea.\n${TESTS.replace('[We have tea]', '[We have jamu]')}`,
    );
    expect((await alur('test', '--update')).out).not.toContain('updated');
  });

  test('writes JUnit XML', async () => {
    await put('flows/say.ygtc', FLOW.replace('We have tea', 'We have <jamu>'));
    expect((await alur('test', '--junit', 'out.xml')).exit).toBe(6);
    const xml = await readFile(join(cwd, 'out.xml'), 'utf8');
    expect(xml).toMatch(
      /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites tests="2" failures="1" errors="0" time="[\d.]+">/,
    );
    expect(xml).toContain(
      '<testcase classname="flows/say.test.yaml" name="knows &lt;nothing&gt; &amp; else"',
    );
    expect(xml).toContain('+ We have &lt;jamu&gt;');
  });

  test('puts what is wrong with a file into the JUnit XML as an error', async () => {
    await put('flows/say.test.yaml', `${TESTS}  - name: more\n    stepz: []\n`);
    expect((await alur('test', '--junit', 'out.xml')).exit).toBe(3);
    const xml = await readFile(join(cwd, 'out.xml'), 'utf8');
    expect(xml).toMatch(/<testsuites tests="(\d)" failures="0" errors="\1" time/);
    expect(xml).toContain('<testcase classname="flows/say.test.yaml" name="E105, line 11" time="0">');
    expect(xml).toContain('did you mean `steps`?</error>');
  });

  test('refuses faulty files of tests and faulty flows, with all findings', async () => {
    await put('flows/say.test.yaml', `${TESTS}  - name: more\n    stepz: []\n`);
    await put('flows/more/bad.ygtc', FLOW.replace('next: tea', 'next: tee'));
    await put('flows/more/bad.test.yaml', TESTS);
    const ran = await alur('test');
    expect(ran.exit).toBe(3);
    expect(ran.out).toContain('--> flows/say.test.yaml:11:5');
    expect(ran.out).toContain('did you mean `steps`?');
    expect(ran.out).toContain('--> flows/more/bad.ygtc:6:');
    expect(await data()).toMatchObject({ exit: 3, error: { code: 'invalid_files' } });
  });

  test('names the flows that a file asks for', async () => {
    await put('tests/all.test.yaml', `flows: [../flows]\n${TESTS}`);
    await put('tests/one.test.yaml', `flows: [../flows/say.ygtc]\n${TESTS}`);
    expect((await alur('test', 'tests')).out).toMatch(/^4 tests in 2 files, 4 passed/);
    await put('tests/one.test.yaml', `flows: [../flows/sai.ygtc]\n${TESTS}`);
    expect(await alur('test', 'tests')).toMatchObject({
      exit: 3,
      out: expect.stringContaining('--> tests/one.test.yaml:1:9'),
    });
    await put('tests/one.test.yaml', TESTS);
    expect(await alur('test', 'tests')).toMatchObject({
      exit: 3,
      out: expect.stringContaining('There is no flow beside this file'),
    });
  });

  test('finds nothing where nothing is', async () => {
    await rm(join(cwd, 'flows/say.test.yaml'));
    expect(await alur('test')).toMatchObject({ exit: 4, err: expect.stringContaining('.test.yaml') });
    expect(await alur('test', 'nowhere')).toMatchObject({ exit: 4 });
  });
});
