import { readFile } from 'node:fs/promises';
import type { Outcome } from '../command.ts';
import { EXIT } from '../exit-code.ts';

export async function version(): Promise<Outcome> {
  const text = await readFile(new URL('../../package.json', import.meta.url), 'utf8');
  const found: unknown = JSON.parse(text);
  const isKnown = typeof found === 'object' && found !== null && 'version' in found;
  const name = isKnown && typeof found.version === 'string' ? found.version : 'unknown';
  return { exit: EXIT.ok, data: { version: name, node: process.version }, text: `alur ${name}\n` };
}
