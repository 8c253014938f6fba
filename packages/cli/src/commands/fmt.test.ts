import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runAlur } from '../testing/run-alur.ts';

const ROUGH = 'name: "a"\nnodes:\n- {id: a,type: reply}   # why\n';
const NEAT = "name: 'a'\nnodes:\n  - { id: a, type: reply } # why\n";

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-fmt-'));
  await mkdir(join(cwd, 'flows'));
  await writeFile(join(cwd, 'flows/rough.ygtc'), ROUGH);
  await writeFile(join(cwd, 'flows/neat.ygtc'), NEAT);
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const read = (path: string) => readFile(join(cwd, path), 'utf8');

describe('alur fmt', () => {
  test('writes the files that change, and leaves the others untouched', async () => {
    const before = await stat(join(cwd, 'flows/neat.ygtc'));
    const ran = await runAlur(['fmt', 'flows'], cwd);
    expect(ran).toEqual({
      exit: 0,
      out: 'formatted flows/rough.ygtc\n2 files: 1 formatted, 0 errors\n',
      err: '',
    });
    expect(await read('flows/rough.ygtc')).toBe(NEAT);
    expect((await stat(join(cwd, 'flows/neat.ygtc'))).mtimeMs).toBe(before.mtimeMs);
    expect((await runAlur(['fmt', '--write', 'flows'], cwd)).out).toBe('2 files: 0 formatted, 0 errors\n');
  });

  test('--check writes nothing, names what would change, and exits with 3', async () => {
    const ran = await runAlur(['fmt', '--check', 'flows'], cwd);
    expect(ran).toMatchObject({
      exit: 3,
      out: 'would format flows/rough.ygtc\n2 files: 1 to format, 0 errors\n',
    });
    expect(await read('flows/rough.ygtc')).toBe(ROUGH);
    expect((await runAlur(['fmt', '--check', 'flows/neat.ygtc'], cwd)).exit).toBe(0);
  });

  test('leaves a file alone that is not YAML, says where, and formats the rest', async () => {
    const broken = 'a: 1\nb: [\n';
    await writeFile(join(cwd, 'flows/broken.ygtc'), broken);
    const ran = await runAlur(['fmt', 'flows'], cwd);
    expect(ran.exit).toBe(3);
    expect(ran.out).toContain('error[E101]');
    expect(ran.out).toContain('flows/broken.ygtc:');
    expect(await read('flows/broken.ygtc')).toBe(broken);
    expect(await read('flows/rough.ygtc')).toBe(NEAT);
  });

  test('prints one JSON document with --json', async () => {
    const { exit, out } = await runAlur(['fmt', '--check', '--json', 'flows'], cwd);
    expect(exit).toBe(3);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      command: 'fmt',
      data: { files: 2, changed: ['flows/rough.ygtc'], problems: [], findings: [] },
      error: { code: 'not_formatted' },
    });
  });

  test('exits with 4 when there is nothing at the path', async () => {
    expect((await runAlur(['fmt', 'nowhere'], cwd)).exit).toBe(4);
  });
});

describe('alur fmt -', () => {
  const withInput = (text: string, ...argv: string[]) =>
    runAlur(['fmt', ...argv, '-'], cwd, { stdin: Readable.from([text]) });

  test('formats standard input to standard output', async () => {
    expect(await withInput(ROUGH)).toEqual({ exit: 0, out: NEAT, err: '' });
  });

  test('--check tells by its exit code', async () => {
    expect(await withInput(ROUGH, '--check')).toMatchObject({
      exit: 3,
      out: 'standard input is not formatted\n',
    });
    expect(await withInput(NEAT, '--check')).toEqual({ exit: 0, out: '', err: '' });
  });

  test('refuses what is not YAML, what is too large, and files beside it', async () => {
    expect(await withInput('a: [')).toMatchObject({
      exit: 3,
      out: '',
      err: expect.stringContaining('line 1'),
    });
    expect(await withInput('x'.repeat(300_000))).toMatchObject({ exit: 3, out: '' });
    expect(await withInput(ROUGH, 'flows')).toMatchObject({ exit: 2, out: '' });
  });
});
