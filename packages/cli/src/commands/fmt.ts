import { writeFile } from 'node:fs/promises';
import { formatFlow, type Finding } from '@alur/flow';
import { CliError, type Fault } from '../cli-error.ts';
import type { Context, Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { pathFrom, readInput, type Io } from '../io.ts';
import { readFlowSets } from '../read-flow-sets.ts';
import { renderFinding } from '../render-finding.ts';
import { count, renderFault } from '../report.ts';

export interface FmtFlags {
  check?: boolean;
}

const INPUT_BYTES_MAX = 256 * 1024;

interface Result {
  changed: string[];
  faults: Fault[];
  findings: Finding[];
}

/** `alur fmt`: lays flow files out anew. A file whose layout would change what it says is left alone and named. */
export async function fmt(
  paths: readonly string[],
  { check = false }: FmtFlags,
  context: Context,
): Promise<Outcome> {
  if (paths.includes('-')) return formatInput(paths, check, context);
  const { io, colors } = context;
  const { sets, faults } = await readFlowSets(paths, io);
  const files = new Map(sets.flatMap(({ sources }) => sources.map(({ path, text }) => [path, text])));
  const result: Result = { changed: [], faults: [...faults], findings: [] };
  for (const [path, text] of files) {
    const formatted = formatFile(path, text, result);
    if (formatted !== undefined && !check) await writeFile(pathFrom(io, path), formatted);
  }
  const { changed, findings } = result;
  const bad = result.faults.length + findings.length;
  const summary = `${count(files.size, 'file')}: ${changed.length} ${check ? 'to format' : 'formatted'}, ${count(bad, 'error')}`;
  const isFine = bad === 0 && !(check && changed.length > 0);
  const text = [
    ...result.faults.map((fault) => renderFault(fault, colors)),
    ...findings.map((finding) => renderFinding(finding, colors)),
    ...changed.map((path) => `${check ? 'would format' : 'formatted'} ${path}`),
    isFine ? colors.green(summary) : colors.red(summary),
    '',
  ].join('\n');
  const data = { files: files.size, changed, problems: result.faults, findings };
  if (isFine) return { exit: EXIT.ok, data, text };
  const code = bad > 0 ? 'invalid_flows' : 'not_formatted';
  return { exit: EXIT.invalidInput, data, text, error: { code, message: summary } };
}

/** The new text of a file that changes; what keeps it from being laid out goes to `result`. */
function formatFile(path: string, text: string, result: Result): string | undefined {
  const formatted = formatFlow(text);
  if (formatted.kind === 'formatted') {
    if (!formatted.isChanged) return undefined;
    result.changed.push(path);
    return formatted.text;
  }
  if (formatted.findings.length > 0) {
    result.findings.push(...formatted.findings.map((finding) => ({ ...finding, file: path })));
  } else result.faults.push(refusal(path, formatted.reason));
  return undefined;
}

function refusal(path: string, reason: string): Fault {
  return {
    file: path,
    message: `Cannot format "${path}": ${reason}`,
    fix: 'the file was left as it is; format it by hand',
  };
}

/** From standard input to standard output, as editors do it. */
async function formatInput(paths: readonly string[], check: boolean, { io }: Context): Promise<Outcome> {
  if (paths.length > 1) {
    throw new CliError('usage', 'Cannot format standard input together with files', 'give `-` alone');
  }
  const text = await readText(io);
  const formatted = formatFlow(text);
  if (formatted.kind === 'refused') {
    const [first] = formatted.findings;
    const where = first ? `, line ${first.line}: ${first.message}` : '';
    throw new CliError(
      'invalidInput',
      `Cannot format standard input: ${formatted.reason}${where}`,
      'mend it first',
    );
  }
  const { isChanged } = formatted;
  if (!check) return { exit: EXIT.ok, data: { isChanged, text: formatted.text }, text: formatted.text };
  if (!isChanged) return { exit: EXIT.ok, data: { isChanged }, text: '' };
  const message = 'standard input is not formatted';
  return {
    exit: EXIT.invalidInput,
    data: { isChanged },
    text: `${message}\n`,
    error: { code: 'not_formatted', message },
  };
}

async function readText(io: Io): Promise<string> {
  const text = await readInput(io, INPUT_BYTES_MAX);
  if (text !== undefined) return text;
  throw new CliError('invalidInput', 'Cannot format standard input: it is over 256 KiB', 'split the flow');
}
