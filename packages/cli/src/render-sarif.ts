import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { FINDING_CODES, type Finding } from '@alur/flow';
import type { Fault } from './cli-error.ts';

// SARIF 2.1.0, which code scanners take: https://docs.oasis-open.org/sarif/sarif/v2.1.0/

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json';
/** A file may be one long line. */
const SNIPPET_MAX = 500;
/** What is wrong with a bundle.yaml has no code. */
const BUNDLE_RULE = {
  id: 'bundle',
  shortDescription: { text: 'bundle not readable' },
  fullDescription: { text: 'The bundle.yaml, or a file that it names, cannot be used.' },
  defaultConfiguration: { level: 'error' },
};

/** One log of one run, with a rule for every code. Columns count from 1, in UTF-16 units; the last one is not in it. */
export function renderSarif(findings: readonly Finding[], faults: readonly Fault[]): string {
  const rules = [...sarifRules(), BUNDLE_RULE];
  const indexOf = new Map(rules.map(({ id }, index) => [id, index]));
  const ruled = (ruleId: string) => ({ ruleId, ruleIndex: indexOf.get(ruleId) ?? 0 });
  const results = [
    ...faults.map((fault) => ({ ...ruled(BUNDLE_RULE.id), ...faultResult(fault) })),
    ...findings.map((finding) => ({ ...ruled(finding.code), ...findingResult(finding) })),
  ];
  const run = { tool: { driver: { name: 'alur', rules } }, columnKind: 'utf16CodeUnits', results };
  return JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2);
}

function sarifRules() {
  return Object.entries(FINDING_CODES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { title, explanation, severity }]) => ({
      id,
      shortDescription: { text: title },
      fullDescription: { text: explanation },
      helpUri: `docs/findings.md#${id.toLowerCase()}`,
      defaultConfiguration: { level: severity },
    }));
}

function findingResult({ severity, file, line, col, length, lineText, message, fix }: Finding) {
  const region = {
    startLine: line,
    startColumn: col,
    endColumn: col + length,
    snippet: { text: lineText.slice(col - 1, col - 1 + length).slice(0, SNIPPET_MAX) },
  };
  return { level: severity, message: sarifMessage(message, fix), locations: [locationOf(file, region)] };
}

function faultResult({ message, fix, file, line, col }: Fault) {
  const region =
    line === undefined ? undefined : { startLine: line, ...(col !== undefined && { startColumn: col }) };
  return {
    level: 'error',
    message: sarifMessage(message, fix),
    locations: file === undefined ? [] : [locationOf(file, region)],
  };
}

function sarifMessage(message: string, fix: string | undefined) {
  return { text: fix === undefined ? message : `${message}. Help: ${fix}` };
}

function locationOf(file: string, region: object | undefined) {
  const uri = isAbsolute(file)
    ? pathToFileURL(file).href
    : file.split(/[\\/]/).map(encodeURIComponent).join('/');
  return { physicalLocation: { artifactLocation: { uri }, ...(region && { region }) } };
}
