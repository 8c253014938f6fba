import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { percentOf } from '@alur/flow';
import { expect, test } from '@jest/globals';
import { figure } from '../../../../../test/support/figure.ts';
import { runAlur } from '../../testing/run-alur.ts';
import { missedParts } from './render-report.ts';
import { runSuites } from './run-suites.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const IO = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: process.stdin,
  env: {},
  isTTY: false,
  cwd: ROOT,
  untilStopped: () => Promise.resolve(),
};

test('flows/ does in every conversation what its tests say, and they reach all of it', async () => {
  const warm = await runSuites(['flows'], { coverage: true }, IO);
  const report = await runSuites(['flows'], {}, IO);
  expect(warm.findings).toEqual([]);
  expect(warm.tests.flatMap(({ failure }) => failure ?? [])).toEqual([]);
  expect(missedParts(warm.coverage)).toEqual([]);
  expect(percentOf(warm.coverage)).toBe(100);
  expect(warm.coverage.length).toBeGreaterThanOrEqual(28);
  const steps = report.tests.reduce((sum, { steps: taken }) => sum + taken, 0);
  figure(
    `${report.tests.length} conversation tests of ${steps} steps in ${Math.round(report.ms)} ms, flows loaded`,
  );
});

test('flows/examples and flows/demo have no finding, each example by itself and all of them together', async () => {
  const ran = await runAlur(['--json', 'validate', 'flows/examples', 'flows/demo'], ROOT);
  expect(JSON.parse(ran.out)).toMatchObject({ data: { errors: 0, warnings: 0 } });
});

test('flows/ is laid out as `alur fmt` does it', async () => {
  const ran = await runAlur(['--json', 'fmt', '--check', 'flows'], ROOT);
  expect(JSON.parse(ran.out)).toMatchObject({ ok: true, data: { changed: [], problems: [], findings: [] } });
});

test('flows/seed has no error, alone and together', async () => {
  const ran = await runAlur(['--json', 'validate', 'flows/seed'], ROOT);
  expect(JSON.parse(ran.out)).toMatchObject({ ok: true, data: { errors: 0 } });
});

test('alur test flows --min-coverage 100 holds', async () => {
  const ran = await runAlur(['--json', 'test', 'flows', '--min-coverage', '100'], ROOT);
  expect(JSON.parse(ran.out)).toMatchObject({ ok: true, data: { failed: 0, coverage: { percent: 100 } } });
});

test('flows/examples/README.md names exactly the folders that there are', async () => {
  const entries = await readdir(join(ROOT, 'flows/examples'), { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const readme = await readFile(join(ROOT, 'flows/examples/README.md'), 'utf8');
  expect([...readme.matchAll(/^\| \[(\w+)\]\(\1\) /gm)].map(([, name]) => name)).toEqual(folders.sort());
});

test('a changed example fails its test', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'alur-flows-'));
  try {
    await cp(join(ROOT, 'flows/demo'), join(cwd, 'flows'), { recursive: true });
    const flow = join(cwd, 'flows/welcome.ygtc');
    await writeFile(flow, (await readFile(flow, 'utf8')).replace('Nice to meet you', 'Welcome'));
    const ran = await runAlur(['test'], cwd);
    expect(ran.exit).toBe(6);
    expect(ran.out).toMatch(
      /--> flows\/demo\.test\.yaml:\d+:\d+ {2}step 3, in 'Hey, my name is \{\{7\*7\}\}'/,
    );
  } finally {
    await rm(cwd, { recursive: true });
  }
});
