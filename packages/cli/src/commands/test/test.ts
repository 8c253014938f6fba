import { percentOf, type Finding, type FlowCoverage } from '@alur/flow';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { renderFinding } from '../../render-finding.ts';
import { count } from '../../report.ts';
import { writeOutput } from '../../write-output.ts';
import { renderJunit } from './render-junit.ts';
import { missedParts, renderCoverage, renderFailure, summaryOf } from './render-report.ts';
import { runSuites, type SuitesReport } from './run-suites.ts';

export interface TestFlags {
  filter?: string;
  junit?: string;
  coverage?: boolean;
  minCoverage?: number;
  update?: boolean;
}

/** `alur test`: conversation tests, and what they reach. */
export async function test(
  paths: readonly string[],
  flags: TestFlags,
  { io, colors }: Context,
): Promise<Outcome> {
  const { filter, junit, update, minCoverage } = flags;
  const coverage = flags.coverage === true || minCoverage !== undefined;
  const report = await runSuites(paths, { filter, update, coverage }, io);
  if (report.findings.length === 0 && report.tests.length === 0) throw nothingFound(report, filter);
  if (junit !== undefined) await writeOutput(io, junit, renderJunit(report));
  const failures = report.tests.flatMap(({ failure }) => failure ?? []);
  const failed = failureOf(report, minCoverage);
  const summary = summaryOf(report);
  const text = [
    ...report.findings.map((finding) => renderFinding(finding, colors)),
    ...failures.flatMap((failure) => renderFailure(failure, colors)),
    ...(coverage ? renderCoverage(report.coverage, colors) : []),
    failed ? colors.red(summary) : colors.green(summary),
    ...(failed?.code === 'coverage_too_low' ? [colors.red(failed.message)] : []),
    '',
  ].join('\n');
  const data = dataOf(report, coverage);
  if (!failed) return { exit: EXIT.ok, data, text };
  const { exit, ...error } = failed;
  return { exit, data, text, error };
}

function nothingFound({ files }: SuitesReport, filter: string | undefined): CliError {
  if (files > 0) {
    return new CliError(
      'notFound',
      `No test has "${filter ?? ''}" in its name`,
      'leave --filter out to see all names',
    );
  }
  const fix = 'write one beside the flows, such as welcome.test.yaml, or save one from `alur chat`';
  return new CliError('notFound', 'There is no file that ends in .test.yaml', fix);
}

function failureOf(
  { tests, findings, coverage }: SuitesReport,
  minCoverage: number | undefined,
): { exit: Outcome['exit']; code: string; message: string } | undefined {
  if (findings.length > 0) {
    return { exit: EXIT.invalidInput, code: 'invalid_files', message: count(findings.length, 'error') };
  }
  const failed = tests.filter(({ failure }) => failure).length;
  if (failed > 0)
    return { exit: EXIT.testsFailed, code: 'tests_failed', message: `${count(failed, 'test')} failed` };
  const percent = percentOf(coverage);
  if (minCoverage === undefined || percent >= minCoverage) return undefined;
  const message = `The tests reach ${percent} % of the flows, less than ${minCoverage} %`;
  return { exit: EXIT.testsFailed, code: 'coverage_too_low', message };
}

function dataOf(report: SuitesReport, coverage: boolean) {
  const { files, tests, updated, ms } = report;
  const findings: Finding[] = report.findings;
  return {
    files,
    passed: tests.filter(({ failure }) => !failure).length,
    failed: tests.filter(({ failure }) => failure).length,
    ms: Math.round(ms),
    tests,
    findings,
    updated,
    ...(coverage && { coverage: coverageData(report.coverage) }),
  };
}

function coverageData(flows: readonly FlowCoverage[]) {
  return { percent: percentOf(flows), flows, missed: missedParts(flows) };
}
