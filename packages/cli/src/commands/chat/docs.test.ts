import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { runAlur } from '../../testing/run-alur.ts';
import { CHAT_COMMANDS } from './commands.ts';
import { ACTION_COMMANDS } from './parse-action.ts';

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const text = readFileSync(`${ROOT}docs/chat.md`, 'utf8');

test('docs/chat.md lists exactly the commands that there are', () => {
  const [, table = ''] = /<!-- chat-commands -->(.*?)<!-- \/chat-commands -->/s.exec(text) ?? [];
  const rows = [...table.matchAll(/^\| `(\/.*?)` +\| (.*?) +\|$/gm)].map(([, usage = '', about = '']) => [
    usage.replaceAll('\\|', '|'),
    about,
  ]);
  const commands = [...ACTION_COMMANDS.values(), ...CHAT_COMMANDS.values()];
  expect(rows).toEqual(commands.map(({ usage, about }) => [usage, about]));
});

test.each(
  [...text.matchAll(/^```text chat (\S+)\n(.*?)^```$/gms)].map(([, flows = '', talk = '']) => [flows, talk]),
)('docs/chat.md: the conversation with %s is as it stands there', async (flows, talk) => {
  const lines = talk.split('\n').flatMap((line) => (line.startsWith('> ') ? `${line.slice(2)}\n` : []));
  const { out } = await runAlur(['chat', flows], ROOT, { stdin: Readable.from(lines) });
  expect(out.slice(out.indexOf('\n') + 1)).toBe(talk);
});
