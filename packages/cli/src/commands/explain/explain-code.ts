import { checkExample, FINDING_CODES, type FlowSource } from '@alur/flow';
import { CliError } from '../../cli-error.ts';
import type { Context, Outcome } from '../../command.ts';
import { describeCode, type CodeNote } from '../../describe-code.ts';
import { EXIT } from '../../exit-code.ts';
import { FAILURE_CLASSES } from '../../failure-classes.ts';
import type { Colors } from '../../io.ts';
import { renderFinding } from '../../render-finding.ts';
import { renderTable } from '../../render-table.ts';

type Entry = (typeof FINDING_CODES)[keyof typeof FINDING_CODES];

const CODES = new Map<string, Entry>(Object.entries(FINDING_CODES).sort(([a], [b]) => (a < b ? -1 : 1)));

/** What a code of `alur validate` means, with an example; or a code of the Graph API; or which codes there are. */
export function explainCode(given: string | undefined, { colors }: Context): Outcome {
  if (given === undefined) return listCodes(colors);
  const code = given.toUpperCase();
  const entry = CODES.get(code);
  if (entry) return explainFinding(code, entry, colors);
  const note = describeCode(given.toLowerCase());
  if (note) return explainNote(given.toLowerCase(), note, colors);
  const near = [...CODES.keys()].find((each) => isNear(each, code));
  const fix = near === undefined ? '`alur explain` lists all codes' : `did you mean ${near}?`;
  throw new CliError('notFound', `Cannot explain "${given}": there is no such code`, fix);
}

function listCodes(colors: Colors): Outcome {
  const codes = [...CODES].map(([code, { severity, title }]) => ({ code, severity, title }));
  const columns = [{ head: 'code' }, { head: 'severity' }, { head: 'title' }];
  const table = renderTable(
    columns,
    codes.map(({ code, severity, title }) => [code, severity, title]),
    colors,
  );
  const more = '`alur explain CODE` says more, also of a code of the Graph API, such as 131026.';
  return { exit: EXIT.ok, data: { codes }, text: [...table, '', more, ''].join('\n') };
}

function explainFinding(code: string, entry: Entry, colors: Colors): Outcome {
  const { severity, title, explanation } = entry;
  const wrong = entry.fails.map((example) => ({
    files: example.files,
    finding: checkExample(example).find((finding) => finding.code === code),
  }));
  const right = entry.passes.map(({ files }) => ({ files }));
  const paint = severity === 'error' ? colors.red : colors.yellow;
  const text = [
    `${paint(colors.bold(`${severity}[${code}]`))}: ${colors.bold(title)}`,
    '',
    ...wrap(explanation),
    '',
    ...wrong.flatMap(({ files, finding }) => [
      colors.bold('Wrong:'),
      '',
      ...filesLines(files),
      ...(finding ? [renderFinding(finding, colors)] : []),
    ]),
    ...right.flatMap(({ files }) => [colors.bold('Right:'), '', ...filesLines(files)]),
  ].join('\n');
  const data = { code, severity, title, explanation, wrong, right };
  return { exit: EXIT.ok, data, text: `${text.trimEnd()}\n` };
}

function filesLines(files: readonly FlowSource[]): string[] {
  return files.flatMap(({ path, text }) => [
    ...(files.length > 1 ? [`  # ${path}`] : []),
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`.trimEnd()),
    '',
  ]);
}

function explainNote(code: string, note: CodeNote, colors: Colors): Outcome {
  const { title, class: failureClass, advice } = note;
  const lines = [
    colors.bold(`${code}: ${title}`),
    ...(failureClass ? ['', `Class ${failureClass}: ${FAILURE_CLASSES[failureClass].does}`] : []),
    ...(advice === undefined ? [] : ['', ...wrap(advice)]),
    '',
  ];
  return { exit: EXIT.ok, data: { code, ...note }, text: lines.join('\n') };
}

const WIDTH = 100;

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Whether one character is another one, too many or missing. */
function isNear(known: string, given: string): boolean {
  const [short, long] = known.length < given.length ? [known, given] : [given, known];
  if (long.length - short.length > 1) return false;
  const at = [...long].findIndex((char, index) => char !== short[index]);
  return at === -1 || long.slice(at + 1) === short.slice(long.length === short.length ? at + 1 : at);
}
