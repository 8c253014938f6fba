import { percentOf, type FlowCoverage, type TestFailure } from '@alur/flow';
import type { Colors } from '../../io.ts';
import { printable } from '../../printable.ts';
import { renderTable } from '../../render-table.ts';
import { count } from '../../report.ts';
import type { SuitesReport } from './run-suites.ts';

/** A failed test: where it stands, what was expected against what came, and the way that the flow took. */
export function renderFailure(failure: TestFailure, colors: Colors): string[] {
  const { file, line, col, test, step, parts, trace, more } = failure;
  const paint = { ' ': colors.dim, '-': colors.red, '+': colors.green };
  return [
    `${colors.red(colors.bold('failed'))}: ${colors.bold(printable(test))}`,
    `  ${colors.blue('-->')} ${printable(file)}:${line}:${col}  ${printable(step)}`,
    ...parts.flatMap(({ key, message, diff }) => [
      `  ${colors.bold(key)}${message === undefined ? legend(diff) : `: ${printable(message)}`}`,
      ...diff.map(({ sign, text }) => `    ${paint[sign](`${sign} ${printable(text)}`)}`),
    ]),
    ...(trace.length > 0
      ? [`  ${colors.bold('trace')}`, ...trace.map((each) => `      ${printable(each)}`)]
      : []),
    ...(more > 0 ? [`  and ${count(more, 'later step')}`] : []),
    '',
  ];
}

function legend(diff: readonly unknown[]): string {
  return diff.length > 0 ? ' (- expected, + got)' : '';
}

/** What the tests reach of the flows, and by name what none of them does. */
export function renderCoverage(flows: readonly FlowCoverage[], colors: Colors): string[] {
  const amount = (parts: FlowCoverage['nodes']) =>
    `${parts.filter(({ isReached }) => isReached).length}/${parts.length}`;
  const rows = flows.map((flow) => [
    flow.file,
    amount(flow.nodes),
    amount(flow.ways),
    `${percentOf([flow])} %`,
  ]);
  const all = [
    'all',
    amount(flows.flatMap(({ nodes }) => nodes)),
    amount(flows.flatMap(({ ways }) => ways)),
    `${percentOf(flows)} %`,
  ];
  const right = { align: 'right' } as const;
  const columns = [
    { head: 'flow' },
    { head: 'nodes', ...right },
    { head: 'ways', ...right },
    { head: 'reached', ...right },
  ];
  const missed = missedParts(flows.map(withoutWaysFromUnreached));
  return [
    ...renderTable(columns, [...rows, all], colors),
    ...(missed.length > 0 ? ['', colors.bold('No test reaches:')] : []),
    ...missed.map(({ file, line, name }) => `  ${printable(file)}:${line}  ${printable(name)}`),
    '',
  ];
}

/** That a node is not reached says all about the ways that leave it. */
function withoutWaysFromUnreached(flow: FlowCoverage): FlowCoverage {
  const unreached = new Set(flow.nodes.flatMap(({ name, isReached }) => (isReached ? [] : name)));
  return { ...flow, ways: flow.ways.filter(({ from }) => from === undefined || !unreached.has(from)) };
}

/** Every node and way that no test reaches. */
export function missedParts(flows: readonly FlowCoverage[]): { file: string; line: number; name: string }[] {
  return flows.flatMap(({ file, nodes, ways }) => [
    ...nodes
      .filter(({ isReached }) => !isReached)
      .map(({ name, line }) => ({ file, line, name: `node ${name}` })),
    ...ways.filter(({ isReached }) => !isReached).map(({ name, line }) => ({ file, line, name })),
  ]);
}

/** One line of counts and time. */
export function summaryOf({ files, tests, updated, ms }: SuitesReport): string {
  const failed = tests.filter(({ failure }) => failure).length;
  const parts = [
    `${count(tests.length, 'test')} in ${count(files, 'file')}`,
    `${tests.length - failed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(updated.length > 0 ? [`${count(updated.length, 'file')} updated`] : []),
  ];
  return `${parts.join(', ')} (${Math.max(1, Math.round(ms))} ms)`;
}
