import { formatDuration, parseDuration, saveTest } from '@alur/flow';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { pathFrom, type Colors, type Io } from '../../io.ts';
import { printable } from '../../printable.ts';
import { renderFinding } from '../../render-finding.ts';
import type { ChatSession } from './chat-session.ts';
import { loadChatFlows } from './load-chat-flows.ts';
import { ACTION_COMMANDS, jsonIn } from './parse-action.ts';
import { parseWho } from './parse-who.ts';
import { clock, renderState, renderTrace, renderTurn } from './render-turn.ts';

export interface Chat {
  session: ChatSession;
  io: Io;
  colors: Colors;
  paths: readonly string[];
  /** The folder of flows that was asked for. */
  wanted: string | undefined;
  /** Where the flows are: where a test is saved. */
  folder: string;
  /** Paths of the flow files. */
  files: readonly string[];
  showsTrace: boolean;
}

interface ChatCommand {
  usage: string;
  about: string;
  /** Lines to show; undefined when the arguments do not fit. */
  run: (chat: Chat, rest: string) => Promise<string[] | undefined> | string[] | undefined;
}

/** Commands that are about the conversation, by their name. */
export const CHAT_COMMANDS: ReadonlyMap<string, ChatCommand> = new Map<string, ChatCommand>([
  ['advance', { usage: '/advance 25h', about: 'move the clock (s, m, h, d)', run: advance }],
  [
    'state',
    {
      usage: '/state',
      about: 'state, tags, window, and what the run waits for',
      run: ({ session, colors }) => renderState(session.view(), colors),
    },
  ],
  ['trace', { usage: '/trace [on|off]', about: 'the nodes of the last step, or of every step', run: trace }],
  [
    'http',
    {
      usage: '/http STATUS [{json}] | /http failed CODE',
      about: 'what the next web service answers',
      run: http,
    },
  ],
  ['who', { usage: '/who name=… language=… wa_id=… tags=a,b', about: 'who the contact is', run: who }],
  ['reset', { usage: '/reset', about: 'begin anew', run: reset }],
  ['reload', { usage: '/reload', about: 'read the flows again, and go on', run: reload }],
  ['save', { usage: '/save test [FILE]', about: 'keep the conversation as a test', run: save }],
  ['quit', { usage: '/quit', about: 'end', run: () => [] }],
]);

/** All commands, with what they do. */
export function help(): string[] {
  const all = [...ACTION_COMMANDS.values(), ...CHAT_COMMANDS.values()];
  const width = Math.max(...all.map(({ usage }) => usage.length));
  return [
    '  Write what the contact writes. A number taps the choice of that number, when there are choices.',
    ...all.map(({ usage, about }) => `  ${usage.padEnd(width)}  ${about}`),
  ];
}

async function advance({ session, colors, showsTrace }: Chat, rest: string): Promise<string[] | undefined> {
  const seconds = parseDuration(rest);
  if (seconds === undefined) return undefined;
  const turns = await session.advance(seconds);
  const view = session.view();
  return [
    ...turns.flatMap((turn) => renderTurn(turn, view, colors)),
    ...(showsTrace ? renderTrace(turns, colors) : []),
    colors.dim(`. ${clock(view.at)}, ${formatDuration(seconds)} later`),
  ];
}

function trace(chat: Chat, rest: string): string[] | undefined {
  if (rest === '') return renderTrace(chat.session.last(), chat.colors);
  if (rest !== 'on' && rest !== 'off') return undefined;
  chat.showsTrace = rest === 'on';
  return [`  trace ${rest}`];
}

function http({ session }: Chat, rest: string): string[] | undefined {
  const answer = readAnswer(rest);
  if (!answer) return undefined;
  session.answerNext(answer);
  return ['  the next web service answers so'];
}

/** `200 {json}`, or `failed CODE`. */
export function readAnswer(text: string): Parameters<ChatSession['answerNext']>[0] | undefined {
  const [, code = ''] = /^failed\s+(\S+)$/.exec(text) ?? [];
  if (code !== '') return { failed: code };
  const [, status = '', json = ''] = /^(\d{3})\s*(.*)$/s.exec(text) ?? [];
  if (!(Number(status) >= 100 && Number(status) <= 599)) return undefined;
  if (json === '') return { status: Number(status) };
  const body = jsonIn(json);
  return { status: Number(status), body: body ?? json };
}

function who({ session }: Chat, rest: string): string[] | undefined {
  if (rest !== '') {
    const contact = parseWho(rest);
    if (!contact) return undefined;
    session.introduce(contact);
  }
  const { name = '', language = '', waId = '', tags } = session.view().contact;
  return [printable(`  name=${name} language=${language} wa_id=${waId} tags=${tags.join(',')}`)];
}

function reset({ session }: Chat): string[] {
  session.reset();
  return ['  a new conversation'];
}

async function reload({ session, paths, wanted, io, colors }: Chat): Promise<string[]> {
  const { flows, findings } = await loadChatFlows(paths, wanted, io);
  const shown = findings.map((finding) => renderFinding(finding, colors));
  if (!flows) return [...shown, '  the flows stay as they were'];
  session.replaceFlows(flows);
  return [...shown, '  the flows are read again; a run that waits ends in those that it began in'];
}

async function save({ session, io, folder, files }: Chat, rest: string): Promise<string[] | undefined> {
  const [, given] = /^test(?:\s+(\S.*))?$/.exec(rest) ?? [];
  if (!/^test(\s|$)/.test(rest)) return undefined;
  const recorded = session.recorded();
  if (recorded.steps.length === 0) return ['  nothing has happened yet'];
  const path = given ?? `${folder}/chat.test.yaml`;
  if (!path.endsWith('.test.yaml')) return [`  a file of tests ends in .test.yaml`];
  const full = pathFrom(io, path);
  const existing = await readFile(full, 'utf8').catch(() => undefined);
  const saved = saveTest(existing, path, { ...recorded, flows: await flowsFor(full, files, io) });
  if (!saved) return [`  ${printable(path)} holds no list of tests that one could be added to`];
  await writeFile(full, saved.text);
  return [printable(`  saved "${saved.name}" in ${path}`)];
}

/** How a test names its flows; undefined when they are all those beside it. */
async function flowsFor(test: string, files: readonly string[], io: Io): Promise<string[] | undefined> {
  const folder = dirname(test);
  const names = files.map((file) => relative(folder, pathFrom(io, file)).split(sep).join('/')).sort();
  const there = await readdir(folder).catch(() => []);
  const beside = there.filter((name) => name.endsWith('.ygtc')).sort();
  return names.join('\n') === beside.join('\n') ? undefined : names;
}
