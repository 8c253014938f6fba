import { resolve } from 'node:path';
import pc from 'picocolors';
import type { Prompts } from './prompts.ts';

interface Writable {
  write(text: string): unknown;
}

/** Lines of text, one at a time; undefined at their end. */
export interface LineReader {
  next: (prompt: string) => Promise<string | undefined>;
  close: () => void;
}

/** All that a command may touch of the process that it runs in. */
export interface Io {
  stdout: Writable;
  stderr: Writable;
  stdin: AsyncIterable<Uint8Array | string>;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether a person reads the output: colours only then. */
  isTTY: boolean;
  cwd: string;
  /** Asks the person at the terminal for a yes; missing where there is none. */
  ask?: (question: string) => Promise<boolean>;
  /** Questions with checked answers, to the person at the terminal; missing where there is none. */
  openPrompts?: () => Promise<Prompts>;
  /** Lines of the person at the terminal; missing where there is none. */
  openTerminal?: () => LineReader;
  /** Resolves when the process shall end; a command that runs on then closes what it opened. */
  untilStopped: () => Promise<void>;
}

export type Colors = ReturnType<typeof pc.createColors>;

export function colorsFor(io: Io, isWanted: boolean): Colors {
  return pc.createColors(
    isWanted && io.isTTY && io.env['NO_COLOR'] === undefined && io.env['TERM'] !== 'dumb',
  );
}

/** A path that was given on the command line. */
export function pathFrom(io: Io, path: string): string {
  return resolve(io.cwd, path);
}

/** Everything on standard input, or undefined when it is more than `bytesMax`. */
export async function readInput(io: Io, bytesMax: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of io.stdin) {
    const piece = Buffer.from(chunk);
    bytes += piece.byteLength;
    if (bytes > bytesMax) return undefined;
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
}
