import { Action } from '@alur/flow';
import { Json, readAs } from '@alur/types';
import type { z } from 'zod';

/** What a command came to mean, or how it is written. */
export type Parsed = { action: z.output<typeof Action> } | { usage: string };

interface ActionCommand {
  usage: string;
  about: string;
  /** The action in the words of a test; undefined when the arguments do not fit. */
  read: (rest: string) => Record<string, unknown> | undefined;
}

const media = (type: string): ActionCommand => ({
  usage: `/${type} [caption]`,
  about: `send a made-up ${type}`,
  read: (rest) => ({ [type]: rest === '' ? {} : rest }),
});

const bare = (type: string): ActionCommand => ({
  ...media(type),
  usage: `/${type}`,
  read: () => ({ [type]: {} }),
});

const withJson = (name: string, about: string): ActionCommand => ({
  usage: `/${name} {json}`,
  about,
  read: (rest) => {
    const value = jsonIn(rest);
    return value === undefined ? undefined : { [name]: value };
  },
});

/** Commands that let something happen in the conversation, by their name. */
export const ACTION_COMMANDS: ReadonlyMap<string, ActionCommand> = new Map<string, ActionCommand>([
  [
    'text',
    {
      usage: '/text TEXT',
      about: 'send a text that would mean something here',
      read: (rest) => ({ text: rest }),
    },
  ],
  [
    'tap',
    {
      usage: '/tap ID',
      about: 'tap anything that was offered, by id or title',
      read: (rest) => ({ tap: rest }),
    },
  ],
  ['image', media('image')],
  ['document', media('document')],
  ['audio', bare('audio')],
  ['video', media('video')],
  ['sticker', bare('sticker')],
  ['location', { usage: '/location LAT,LONG [name]', about: 'send a location', read: location }],
  ['contact', { usage: '/contact [name]', about: 'send a contact card', read: contact }],
  [
    'reaction',
    {
      usage: '/reaction EMOJI',
      about: 'react to the newest message; without emoji, take it back',
      read: (rest) => ({ reaction: rest }),
    },
  ],
  ['edit', { usage: '/edit TEXT', about: 'change what was written last', read: (rest) => ({ edit: rest }) }],
  ['revoke', { usage: '/revoke', about: 'take back what was written last', read: () => ({ revoke: true }) }],
  ['form', withJson('form', 'send a form')],
  ['order', withJson('order', 'send a basket')],
  ['event', { usage: '/event TYPE [{json}]', about: 'another system tells something', read: event }],
  [
    'schedule',
    {
      usage: '/schedule FLOW',
      about: 'the time of a timer trigger has come',
      read: (rest) => ({ schedule: rest }),
    },
  ],
  ['status', { usage: '/status STATE [code]', about: 'what became of the newest message', read: status }],
  ['start', { usage: '/start FLOW[/NODE] [{json}]', about: 'start a run at any node', read: start }],
  [
    'release',
    { usage: '/release', about: 'people give the conversation back', read: () => ({ release: true }) },
  ],
]);

/** Reads a command that lets something happen; undefined when it is no such command. */
export function parseAction(name: string, rest: string): Parsed | undefined {
  const command = ACTION_COMMANDS.get(name);
  if (!command) return undefined;
  const parsed = readAs(Action, command.read(rest));
  return parsed.success ? { action: parsed.data } : { usage: command.usage };
}

function location(rest: string) {
  const [, latitude, longitude, name = ''] = /^(-?[\d.]+)\s*,\s*(-?[\d.]+)\s*(.*)$/.exec(rest) ?? [];
  if (latitude === undefined) return undefined;
  return {
    location: { latitude: Number(latitude), longitude: Number(longitude), ...(name !== '' && { name }) },
  };
}

function contact(rest: string) {
  const name = rest === '' ? 'Budi Santoso' : rest;
  return { contacts: [{ name: { formatted_name: name }, phones: [{ phone: '+628111222333' }] }] };
}

function event(rest: string) {
  return withInput('event', rest);
}

function start(rest: string) {
  return withInput('start', rest);
}

function withInput(key: string, rest: string) {
  const [, name = '', json = ''] = /^(\S+)\s*(.*)$/s.exec(rest) ?? [];
  const input = json === '' ? {} : jsonIn(json);
  return name === '' || input === undefined ? undefined : { [key]: name, ...(json !== '' && { input }) };
}

function status(rest: string) {
  const [state, code, ...more] = rest.split(/\s+/);
  return more.length > 0 ? undefined : { status: state, ...(code !== undefined && { code: Number(code) }) };
}

/** JSON as typed; undefined when it is none. */
export function jsonIn(text: string): Json | undefined {
  try {
    return Json.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
