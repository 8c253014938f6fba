import {
  createCoverage,
  explainFailure,
  loadFlows,
  outlineFlows,
  readTests,
  runTests,
  updateTests,
  type Finding,
  type FlowCoverage,
  type LoadResult,
  type Outline,
  type TestFailure,
  type TestSuite,
} from '@alur/flow';
import { writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { surroundingsOf, type Surroundings } from '../../flow-surroundings.ts';
import type { Io } from '../../io.ts';
import { findSuites, flowsOf, readSource, type SuitePlace } from './find-suites.ts';

export interface RunOptions {
  /** Part of a test's name. */
  filter?: string | undefined;
  update?: boolean | undefined;
  coverage?: boolean | undefined;
}

export interface TestReport {
  file: string;
  name: string;
  /** How many steps it has. */
  steps: number;
  ms: number;
  failure?: TestFailure;
}

export interface SuitesReport {
  /** How many files of tests there are. */
  files: number;
  tests: TestReport[];
  /** What is wrong with files of tests and with flows; errors keep their tests from running. */
  findings: Finding[];
  /** Files that were written anew. */
  updated: string[];
  coverage: FlowCoverage[];
  ms: number;
}

interface LoadedSet extends LoadResult, Pick<Surroundings, 'templates'> {
  outline: Outline | undefined;
}

/** Finds and runs conversation tests. Reads and, with `update`, writes files; needs nothing else of the world. */
export async function runSuites(
  paths: readonly string[],
  options: RunOptions,
  io: Io,
): Promise<SuitesReport> {
  const startedAt = performance.now();
  const places = await findSuites(paths, io);
  const report = { files: 0, tests: [], findings: [], updated: [], coverage: [], ms: 0 };
  const run = createRun(options, io, report);
  for (const place of places) {
    for (const suite of new Set(place.suites)) await run.suite(suite, place.strict);
  }
  if (options.coverage) await run.listUntested(places);
  return { ...report, coverage: run.coverage(), ms: performance.now() - startedAt };
}

interface Run {
  suite: (path: string, strict: boolean) => Promise<void>;
  /** Puts flows into the coverage that no test is about. */
  listUntested: (places: readonly SuitePlace[]) => Promise<void>;
  coverage: () => FlowCoverage[];
}

type Load = (files: readonly string[], strict: boolean) => Promise<LoadedSet>;

function createRun(options: RunOptions, io: Io, report: SuitesReport): Run {
  const sets = new Map<string, LoadedSet>();
  const book = createCoverage();
  const load = createLoad(sets, options, io, report);
  return {
    suite: async (path, strict) => {
      report.files += 1;
      const { suite, findings } = readTests(await readSource(path, io));
      report.findings.push(...findings);
      if (!suite) return;
      const { files, missing } = await flowsOf(path, suite.tests.flows);
      report.findings.push(...missing.map((index) => noFlow(suite, ['flows', index])));
      if (files.length === 0 && missing.length === 0) report.findings.push(noFlow(suite, []));
      if (files.length === 0 || missing.length > 0) return;
      const { flows, outline, templates } = await load(files, strict);
      if (!flows) return;
      const taken = await takeSuite({ path, suite, flows, templates, options, report, io });
      if (outline) for (const { steps } of taken) for (const { turns } of steps) book.add(outline, turns);
    },
    listUntested: async (places) => {
      for (const { flows, strict } of places) {
        const covered = new Set([...sets.keys()].flatMap((key) => key.split('\n')));
        for (const files of groupByFolder(flows.filter((file) => !covered.has(file)))) {
          const { outline } = await load(files, strict);
          if (outline) book.list(outline);
        }
      }
    },
    coverage: () => book.flows(),
  };
}

/** Loads each set of flows once. */
function createLoad(sets: Map<string, LoadedSet>, options: RunOptions, io: Io, report: SuitesReport): Load {
  return async (files, strict) => {
    const key = files.join('\n');
    const known = sets.get(key);
    if (known) return known;
    const sources = [];
    for (const file of files) sources.push(await readSource(file, io));
    const [around] = (await surroundingsOf(sources, io)).all;
    const loaded = { ...loadFlows(sources, { strict, ...around }), ...around };
    const outline = options.coverage ? outlineFlows(sources, { strict }).outline : undefined;
    report.findings.push(...loaded.findings.filter(({ severity }) => severity === 'error'));
    sets.set(key, { ...loaded, outline });
    return { ...loaded, outline };
  };
}

/** What a file of tests names as its flows, and there is none. */
function noFlow({ path: file, text, placeOf }: TestSuite, path: readonly (string | number)[]): Finding {
  const { line, col } = placeOf(path);
  const lineText = text.split('\n')[line - 1] ?? '';
  const message =
    path.length === 0 ? 'There is no flow beside this file' : 'There is no flow file of this name';
  const fix = 'name flow files or folders with `flows`, from this file on';
  return { code: 'E110', severity: 'error', file, line, col, length: 1, lineText, message, fix };
}

function groupByFolder(files: readonly string[]): string[][] {
  const groups = new Map<string, string[]>();
  for (const file of files) groups.set(dirname(file), [...(groups.get(dirname(file)) ?? []), file]);
  return [...groups.values()];
}

interface SuiteInput {
  path: string;
  suite: TestSuite;
  flows: NonNullable<LoadResult['flows']>;
  templates: Surroundings['templates'] | undefined;
  options: RunOptions;
  report: SuitesReport;
  io: Io;
}

async function takeSuite({ path, suite, flows, templates, options, report, io }: SuiteInput) {
  const { filter = '', update } = options;
  const isWanted = (name: string) => name.toLowerCase().includes(filter.toLowerCase());
  const startedAt = performance.now();
  let shown = suite;
  let results = await runTests(suite, flows, { isWanted, templates });
  const text = update ? updateTests(suite, results) : suite.text;
  if (text !== suite.text) {
    await writeFile(path, text);
    report.updated.push(suite.path);
    shown = readTests(await readSource(path, io)).suite ?? suite;
    results = await runTests(shown, flows, { isWanted, templates });
  }
  const ms = (performance.now() - startedAt) / Math.max(1, results.length);
  for (const result of results) {
    const failure = explainFailure(shown, result);
    report.tests.push({
      file: suite.path,
      name: result.name,
      steps: result.steps.length,
      ms,
      ...(failure && { failure }),
    });
  }
  return results;
}
