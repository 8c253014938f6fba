import { createConnection } from 'node:net';

/** Gives every command that Redis gets, those of scripts too, until it ends. Its own, since clients stumble over what comes before their `OK`. */
export function watchRedis(url: string, onCommand: (command: string[]) => void): () => void {
  const { port, password } = new URL(url);
  const socket = createConnection(Number(port), '127.0.0.1');
  socket.write(`AUTH "${decodeURIComponent(password)}"\r\nMONITOR\r\n`);
  socket.on('error', () => undefined);
  let rest = '';
  // What is not printable is written as \xHH, so a byte is a character.
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const words = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word]) => unquote(word ?? ''));
      if (words.length > 0) onCommand(words);
    }
  });
  return () => void socket.destroy();
}

const SIGNS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };

function unquote(word: string): string {
  const bytes = word.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_all, hex: string | undefined, sign: string) =>
    hex === undefined ? (SIGNS[sign] ?? sign) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString();
}
