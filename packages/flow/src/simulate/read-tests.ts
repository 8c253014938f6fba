import { readAs } from '@alur/types';
import { type Finding, type FlowSource } from '../finding.ts';
import { type Issue } from '../load/issue.ts';
import { describeIssue, issuePlace } from '../load/issues.ts';
import { openSource, type SourceFile } from '../load/source-file.ts';
import { readYaml, type YamlFile, type YamlPath } from '../load/yaml-file.ts';
import { TestFile } from './test-file.ts';

/** Conversation tests as read from a file. */
export interface TestSuite extends FlowSource {
  tests: TestFile;
  /** What a value is as the author wrote it. */
  written: unknown;
  /** Where a value stands, from 1. */
  placeOf: (path: YamlPath) => { line: number; col: number };
}

/** `suite` is there when nothing is wrong with the file. Never throws for what a file says. */
export function readTests(source: FlowSource): { findings: Finding[]; suite?: TestSuite } {
  const file = openSource(source);
  const yaml = readYaml(file);
  if (!yaml) return { findings: [...file.findings] };
  const parsed = readAs(TestFile, yaml.value);
  if (!parsed.success) reportIssues(parsed.error.issues, yaml, file);
  else reportSameNames(parsed.data, yaml, file);
  if (!parsed.success || file.findings.length > 0) return { findings: [...file.findings] };
  const placeOf = (path: YamlPath) => {
    const before = source.text.slice(0, yaml.placeOf(path).start).split('\n');
    return { line: before.length, col: (before.at(-1) ?? '').length + 1 };
  };
  return { findings: [], suite: { ...source, tests: parsed.data, written: yaml.value, placeOf } };
}

function reportIssues(issues: readonly Issue[], yaml: YamlFile, file: SourceFile): void {
  for (const described of issues.flatMap((issue) => describeIssue(issue, TestFile))) {
    const { code, path, message, fix } = described;
    file.report({ code, place: issuePlace(yaml, described, path), message, fix });
  }
}

function reportSameNames({ tests }: TestFile, yaml: YamlFile, file: SourceFile): void {
  const seen = new Set<string>();
  for (const [index, { name }] of tests.entries()) {
    if (seen.has(name)) {
      const place = yaml.placeOf(['tests', index, 'name']);
      file.report({ code: 'E109', place, message: `The name "${name}" is used twice` });
    }
    seen.add(name);
  }
}
