import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** What a client's command is called: scripts by their name, and the rest by their own. */
export function commandName([command, sha], names) {
  if (command.toLowerCase() !== 'evalsha') return command.toLowerCase();
  return `evalsha ${names.get(sha) ?? sha.slice(0, 8)}`;
}

/** The names of all scripts that Alur and BullMQ have, by their SHA-1. */
export function scriptNames() {
  return new Map([...ownScripts(), ...bullScripts()]);
}

// Put together as packages/store does it: what a script uses, then the script.
function ownScripts() {
  const folder = new URL('../packages/store/lua/', import.meta.url);
  const read = (name) => readFileSync(new URL(name, folder), 'utf8');
  const files = readdirSync(folder).filter((name) => name.endsWith('.lua'));
  return files.map((file) => {
    const text = read(file);
    const uses = /^-- uses: (.+)$/m.exec(text)?.[1].split(', ') ?? [];
    return [shaOf([...uses.map((part) => read(`lib/${part}.lua`)), text].join('\n')), basename(file, '.lua')];
  });
}

// Where BullMQ keeps them is its own affair: without names the hashes are shown.
function bullScripts() {
  const require = createRequire(import.meta.url);
  try {
    const scripts = require(join(dirname(require.resolve('bullmq')), 'scripts', 'index.js'));
    return Object.values(scripts).map(({ name, content }) => [shaOf(content), `bullmq ${name}`]);
  } catch {
    return [];
  }
}

function shaOf(text) {
  return createHash('sha1').update(text).digest('hex');
}
