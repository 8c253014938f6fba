import { Readable } from 'node:stream';
import { expect, test } from '@jest/globals';
import type { Io } from './io.ts';
import { openLines } from './lines.ts';

const io = (chunks: readonly (string | Buffer)[], more: Partial<Io> = {}): Io => ({
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: Readable.from(chunks, { objectMode: true }),
  env: {},
  isTTY: false,
  cwd: '/',
  untilStopped: () => Promise.resolve(),
  ...more,
});

async function all(of: Io): Promise<(string | undefined)[]> {
  const lines = openLines(of);
  const read: (string | undefined)[] = [];
  for (let line = await lines.next('> '); line !== undefined; line = await lines.next('> ')) read.push(line);
  expect(await lines.next('> ')).toBeUndefined();
  lines.close();
  return read;
}

const heart = Buffer.from('❤️ you\n');

test.each<[string, (string | Buffer)[], string[]]>([
  ['nothing', [], []],
  ['lines in one piece', ['a\nb\n'], ['a', 'b']],
  ['a line in pieces', ['a', 'b', 'c\nd', '\n'], ['abc', 'd']],
  ['a last line without an end', ['a\nb'], ['a', 'b']],
  ['empty lines', ['\n\na\n'], ['', '', 'a']],
  ['line ends of Windows, apart', ['a\r', '\nb\r\n'], ['a', 'b']],
  ['a character in two pieces', [heart.subarray(0, 2), heart.subarray(2)], ['❤️ you']],
])('openLines() reads %s', async (_, chunks, lines) => {
  expect(await all(io(chunks))).toEqual(lines);
});

test('openLines() reads the terminal where there is one', async () => {
  const typed = ['a'];
  const openTerminal = () => ({ next: () => Promise.resolve(typed.shift()), close: () => undefined });
  expect(await all(io(['b\n'], { openTerminal }))).toEqual(['a']);
});
