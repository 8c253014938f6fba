import { createInterface } from 'node:readline';
import type { Io, LineReader } from './io.ts';

/** The lines of a person at the terminal, or else of standard input. */
export function openLines(io: Io): LineReader {
  return io.openTerminal?.() ?? inputLines(io);
}

function inputLines({ stdin }: Io): LineReader {
  const lines = split(stdin);
  return {
    next: async () => {
      const line = await lines.next();
      return line.done === true ? undefined : line.value;
    },
    close: () => undefined,
  };
}

async function* split(chunks: Io['stdin']): AsyncGenerator<string, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of chunks) {
    rest += typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true });
    const lines = rest.split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
  return undefined;
}

/** A terminal with history. Ctrl-C and Ctrl-D end it. */
export function openTerminal(input: NodeJS.ReadStream, output: NodeJS.WriteStream): LineReader {
  const terminal = createInterface({ input, output, terminal: true });
  let isClosed = false;
  terminal.once('close', () => {
    isClosed = true;
    output.write('\n');
  });
  terminal.on('SIGINT', () => terminal.close());
  return {
    next: (prompt) =>
      new Promise((answer) => {
        if (isClosed) return answer(undefined);
        const atEnd = () => answer(undefined);
        terminal.once('close', atEnd);
        terminal.question(prompt, (line) => {
          terminal.off('close', atEnd);
          answer(line);
        });
      }),
    close: () => terminal.close(),
  };
}
