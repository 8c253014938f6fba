import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runAlur } from '../../testing/run-alur.ts';

const HELLO = `name: hello
version: '1'
nodes:
  - { id: ask, type: reply, config: { message: 'Hi' }, next: more/answer }
triggers:
  - { type: message, target: ask }
`;
const MORE = `name: more
version: '1'
nodes:
  - { id: answer, type: reply, config: { message: 'Yes' } }
triggers:
  - { type: location, target: answer }
`;

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-graph-'));
  await mkdir(join(cwd, 'flows'));
  await writeFile(join(cwd, 'flows/hello.ygtc'), HELLO);
  await writeFile(join(cwd, 'flows/more.ygtc'), MORE);
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

describe('alur graph', () => {
  test('prints Mermaid, with a way from one flow to the other', async () => {
    const { exit, out, err } = await runAlur(['graph', 'flows'], cwd);
    expect({ exit, err }).toEqual({ exit: 0, err: '' });
    expect(out.split('\n')[0]).toBe('flowchart TB');
    expect(out).toContain('f0n0 --> f1n0');
  });

  test('--direction says which way', async () => {
    expect((await runAlur(['graph', 'flows', '--direction', 'LR'], cwd)).out).toMatch(/^flowchart LR\n/);
  });

  test('--format svg --out writes a picture', async () => {
    const ran = await runAlur(['graph', 'flows', '--format', 'svg', '--out', 'a.svg'], cwd);
    expect(ran).toEqual({ exit: 0, out: '2 flows drawn in a.svg\n', err: '' });
    expect(await readFile(join(cwd, 'a.svg'), 'utf8')).toMatch(/^<svg .*<\/svg>\n$/s);
  });

  test('--flow draws one flow; what it leads to elsewhere is named', async () => {
    const { out } = await runAlur(['graph', 'flows', '--flow', 'hello'], cwd);
    expect(out).toContain('more/answer');
    expect(out.match(/^subgraph/gm)).toHaveLength(1);
  });

  test('--format json prints the outline', async () => {
    const { out } = await runAlur(['graph', 'flows', '--format', 'json', '--flow', 'more'], cwd);
    expect(JSON.parse(out)).toMatchObject({
      flows: [{ name: 'more', deadEnds: ['answer'], unreachable: [] }],
    });
  });

  test('--json holds the drawing and the names of the flows', async () => {
    const { out } = await runAlur(['graph', 'flows', '--json'], cwd);
    const data = {
      format: 'mermaid',
      flows: ['hello', 'more'],
      errors: 0,
      drawing: expect.stringContaining('flowchart'),
    };
    expect(JSON.parse(out)).toMatchObject({ ok: true, command: 'graph', data });
  });

  test('draws flows that have errors, and says so', async () => {
    await writeFile(join(cwd, 'flows/more.ygtc'), MORE.replace('type: reply', 'type: replly'));
    const { exit, out, err } = await runAlur(['graph', 'flows'], cwd);
    expect(exit).toBe(0);
    expect(out).toContain('replly');
    expect(err).toContain('alur validate');
  });

  test('draws each set of flows of a bundle with its own names', async () => {
    const { out } = await runAlur(['graph', 'flows/hello.ygtc', 'flows'], cwd);
    expect(out).toContain('f1n0 --> f2n0');
    expect(out).toContain('f0n0 --> f0x0');
  });

  test.each([
    [['graph', 'nowhere'], 4, 'nowhere'],
    [['graph', 'flows', '--flow', 'helo'], 4, 'hello, more'],
    [['graph', 'flows', '--format', 'png'], 2, 'png'],
  ])('%j exits with %d', async (argv, exit, said) => {
    expect(await runAlur(argv, cwd)).toMatchObject({ exit, out: '', err: expect.stringContaining(said) });
  });

  test('exits with 3 when no file can be read', async () => {
    await writeFile(join(cwd, 'flows/hello.ygtc'), 'a: [');
    await rm(join(cwd, 'flows/more.ygtc'));
    expect(await runAlur(['graph', 'flows'], cwd)).toMatchObject({
      exit: 3,
      err: expect.stringContaining('alur validate'),
    });
  });
});
