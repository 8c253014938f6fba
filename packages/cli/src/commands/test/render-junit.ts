import type { Finding, TestFailure } from '@alur/flow';
import type { SuitesReport, TestReport } from './run-suites.ts';

/**
 * The report as JUnit's XML, which most build servers read. What is wrong with a file stands there as a test with an error: a
 * report without any test would pass for a good one.
 */
export function renderJunit({ tests, findings, ms }: SuitesReport): string {
  const files = [...new Set([...tests, ...findings].map(({ file }) => file))];
  const counts = (own: readonly TestReport[], faults: readonly Finding[]) => {
    const failures = own.filter(({ failure }) => failure).length;
    return `tests="${own.length + faults.length}" failures="${failures}" errors="${faults.length}"`;
  };
  const suites = files.map((file) => {
    const own = tests.filter((test) => test.file === file);
    const faults = findings.filter((finding) => finding.file === file);
    return [
      `  <testsuite name="${escaped(file)}" ${counts(own, faults)}>`,
      ...faults.map(renderFault),
      ...own.map(renderCase),
      '  </testsuite>',
    ].join('\n');
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts(tests, findings)} time="${seconds(ms)}">`,
    ...suites,
    '</testsuites>',
    '',
  ].join('\n');
}

function renderFault({ file, line, col, code, message, fix }: Finding): string {
  const start = `    <testcase classname="${escaped(file)}" name="${code}, line ${line}" time="0">`;
  const text = [`${file}:${line}:${col}`, ...(fix === undefined ? [] : [fix])].join('\n');
  return `${start}\n      <error message="${escaped(message)}">${escaped(text)}</error>\n    </testcase>`;
}

function renderCase({ file, name, ms, failure }: TestReport): string {
  const start = `    <testcase classname="${escaped(file)}" name="${escaped(name)}" time="${seconds(ms)}"`;
  if (!failure) return `${start}/>`;
  return `${start}>\n      <failure message="${escaped(failure.step)}">${escaped(textOf(failure))}</failure>\n    </testcase>`;
}

function textOf({ file, line, col, parts, trace }: TestFailure): string {
  return [
    `${file}:${line}:${col}`,
    ...parts.flatMap(({ key, message, diff }) => [
      message === undefined ? key : `${key}: ${message}`,
      ...diff.map(({ sign, text }) => `${sign} ${text}`),
    ]),
    ...trace,
  ].join('\n');
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(4);
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// XML has no way to write most control characters.
function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? char).replace(/[^\P{Cc}\t\n]/gu, '\uFFFD');
}
