import { type TemplateDefinition } from '@alur/types';

// Imports types only: findings are told by these codes, and so everything else comes after them.

/** As `FlowSource`. */
interface ExampleFile {
  path: string;
  text: string;
}

/** What a bundle holds beside flows. Without it nothing is said of templates and media. */
interface Around {
  templates?: readonly TemplateDefinition[] | undefined;
  /** By path: `media/menu.pdf`. */
  mediaFiles?:
    ReadonlyMap<string, { mimeType: string; bytes: number } | { fault: string; fix: string }> | undefined;
}

/** Files that run together, and what `alur validate` says of them. A file of templates is checked by itself. */
export interface PassingExample extends Around {
  files: readonly ExampleFile[];
  /** As in bundle.yaml. */
  strict: boolean;
}

export interface FailingExample extends PassingExample {
  /** Line, and the text under the carets: where the finding stands. */
  at: readonly [line: number, under: string];
  /** Other codes that the slip brings with it. */
  also: readonly string[];
}

export interface FindingCodeEntry {
  severity: 'error' | 'warning';
  /** Two to five words. */
  title: string;
  /** Why it is reported, and what to do. */
  explanation: string;
  fails: readonly FailingExample[];
  passes: readonly PassingExample[];
}

interface Explained {
  title: string;
  explanation: string;
  fails: readonly [FailingExample, ...FailingExample[]];
  passes: readonly [PassingExample, ...PassingExample[]];
}

export function error(entry: Explained): FindingCodeEntry {
  return { severity: 'error', ...entry };
}

export function warning(entry: Explained): FindingCodeEntry {
  return { severity: 'warning', ...entry };
}

type Text = string | readonly ExampleFile[];

export function fails(
  text: Text,
  at: FailingExample['at'],
  { also = [], strict = true, ...around }: { also?: readonly string[]; strict?: boolean } & Around = {},
): FailingExample {
  return { files: filesOf(text), at, also, strict, ...around };
}

export function passes(
  text: Text,
  { strict = true, ...around }: { strict?: boolean } & Around = {},
): PassingExample {
  return { files: filesOf(text), strict, ...around };
}

function filesOf(text: Text): readonly ExampleFile[] {
  return typeof text === 'string' ? [{ path: 'example.ygtc', text }] : text;
}

/** A whole file around some nodes. Without `triggers` any text starts the node `start`; nodes begin in line 4. */
export function flow(
  nodes: string,
  { triggers = '- { type: message, target: start }', top = '' }: { triggers?: string; top?: string } = {},
): string {
  const frame = ['name: example', 'version: "1.0"', ...(top === '' ? [] : [lines(top)])];
  return [...frame, 'nodes:', lines(nodes, '  '), 'triggers:', lines(triggers, '  '), ''].join('\n');
}

/** A text of several lines, without the indentation that it has in a source. */
function lines(text: string, indent = ''): string {
  const all = text.replace(/^\n/, '').trimEnd().split('\n');
  const depth = Math.min(...all.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)));
  return all.map((line) => (line.trim() === '' ? '' : `${indent}${line.slice(depth)}`)).join('\n');
}
