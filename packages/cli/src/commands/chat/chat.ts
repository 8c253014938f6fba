import type { SimulatedTurn } from '@alur/flow';
import type { Context, Outcome } from '../../command.ts';
import { EXIT } from '../../exit-code.ts';
import { openLines } from '../../lines.ts';
import { printable } from '../../printable.ts';
import { renderFinding } from '../../render-finding.ts';
import { count, renderFault } from '../../report.ts';
import { impossible, openSession, type ChatSession } from './chat-session.ts';
import { CHAT_COMMANDS, help, readAnswer, type Chat } from './commands.ts';
import { loadChatFlows, settingsFor, type ChatFlows } from './load-chat-flows.ts';
import { parseAction } from './parse-action.ts';
import { clock, renderTrace, renderTurn } from './render-turn.ts';

export interface ChatFlags {
  flows?: string;
  json?: boolean;
}

/** `alur chat`: a conversation with flows in the terminal, or of the lines on standard input. */
export async function chat(
  paths: readonly string[],
  flags: ChatFlags,
  { io, colors }: Context,
): Promise<Outcome> {
  const loaded = await loadChatFlows(paths, flags.flows, io);
  const { flows, templates, findings, name: folder, others, files } = loaded;
  const found = findings.map((finding) => renderFinding(finding, colors));
  if (!flows) return refused(loaded, [...found, ...loaded.faults.map((fault) => renderFault(fault, colors))]);
  // The result is standard output's, and with --json the talk is not the result.
  const out = flags.json === true ? io.stderr : io.stdout;
  const show = (lines: readonly string[]) => lines.forEach((line) => out.write(`${line}\n`));
  const lines = openLines(io);
  const hasPerson = io.openTerminal !== undefined;
  const ask = async (call: string) => {
    if (!hasPerson) show([`. ${call} has no answer: give one first with /http`]);
    const line = hasPerson
      ? await lines.next(`  answer of ${call} (STATUS {json}, nothing to fail): `)
      : undefined;
    return readAnswer(line?.trim() ?? '');
  };
  const settings = await settingsFor(paths, folder, io);
  const session = openSession(flows, { ...settings, templates }, ask);
  show([...found, ...greeting(flows.names, folder, others)]);
  const talk: Chat = { session, io, colors, paths, wanted: flags.flows, folder, files, showsTrace: false };
  const start = session.view().at;
  for (;;) {
    const prompt = promptOf(session, start);
    const line = await lines.next(prompt);
    if (line === undefined || line.trim() === '/quit') break;
    if (!hasPerson && line.trim() !== '') show([`${prompt}${printable(line)}`]);
    show(await answer(talk, line));
  }
  lines.close();
  return { exit: EXIT.ok, data: { folder, steps: session.recorded().steps.length }, text: '' };
}

function refused({ findings, faults }: ChatFlows, text: readonly string[]): Outcome {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const message = faults.length > 0 ? count(faults.length, 'problem') : count(errors, 'error');
  const data = { findings, problems: faults };
  const error = { code: faults.length > 0 ? 'invalid_bundle' : 'invalid_flows', message };
  return { exit: EXIT.invalidInput, data, text: [...text, message, ''].join('\n'), error };
}

function greeting(names: readonly string[], folder: string, others: readonly string[]): string[] {
  return [
    `Talking to ${count(names.length, 'flow')} in ${folder}: ${names.join(', ')}. /help lists what you can do.`,
    ...(others.length > 0 ? [`There are others, for --flows: ${others.join(', ')}`] : []),
  ];
}

/** With the conversation's own clock, once that has moved. */
function promptOf(session: ChatSession, start: number): string {
  const { at } = session.view();
  return at === start ? '> ' : `${clock(at)}> `;
}

async function answer(talk: Chat, line: string): Promise<string[]> {
  const [, name = '', rest = ''] = /^\/(\S+)\s*(.*)$/s.exec(line.trim()) ?? [];
  try {
    return name === '' ? await say(talk, line) : await obey(talk, name, rest.trim());
  } catch (error) {
    const why = impossible(error);
    if (why === undefined) throw error;
    return [`  ${printable(why)}`];
  }
}

async function say(talk: Chat, line: string): Promise<string[]> {
  if (line.trim() === '') return [];
  const { choices } = talk.session.view();
  const choice = /^\d{1,2}$/.test(line.trim()) ? choices[Number(line.trim()) - 1] : undefined;
  const key = choice && ({ button: 'button', list: 'list', template: 'quick_reply' } as const)[choice.source];
  const action = choice && key ? { [key]: { offered: choice.id } } : { text: line };
  return shown(talk, await talk.session.take(action));
}

async function obey(talk: Chat, name: string, rest: string): Promise<string[]> {
  if (name === 'help') return help();
  const parsed = parseAction(name, rest);
  if (parsed && 'usage' in parsed) return [`  write ${parsed.usage}`];
  if (parsed) return shown(talk, await talk.session.take(parsed.action));
  const command = CHAT_COMMANDS.get(name);
  if (!command) return [`  there is no command /${printable(name)}; /help lists all`];
  return (await command.run(talk, rest)) ?? [`  write ${command.usage}`];
}

function shown({ session, colors, showsTrace }: Chat, turns: readonly SimulatedTurn[]): string[] {
  const view = session.view();
  return [
    ...turns.flatMap((turn) => renderTurn(turn, view, colors)),
    ...(showsTrace ? renderTrace(turns, colors) : []),
  ];
}
