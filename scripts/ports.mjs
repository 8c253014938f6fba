import { createServer } from 'node:net';
import { ScriptError } from './run.mjs';

const TRIES = 50;

/**
 * Picks a free port for each name, from its default upwards: `{chat: 7700}` → `{chat: 7701}` when 7700 is taken, which
 * is said. No port is given twice.
 */
export async function pickPorts(defaults, say) {
  const given = new Set();
  const ports = {};
  for (const [name, first] of Object.entries(defaults)) {
    const port = await firstFree(name, first, given);
    if (port !== first && !given.has(first)) say(`  port ${first} is taken: ${name} uses ${port}`);
    given.add(port);
    ports[name] = port;
  }
  return ports;
}

async function firstFree(name, first, given) {
  for (let port = first; port < first + TRIES; port += 1) {
    if (!given.has(port) && (await isFree(port))) return port;
  }
  throw new ScriptError(`Cannot find a free port for ${name}: ${first} to ${first + TRIES - 1} are taken`);
}

// A port may be free on one of the two and taken on the other.
async function isFree(port) {
  return (await canListen({ port, host: '127.0.0.1' })) && (await canListen({ port }));
}

function canListen(where) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(where, () => server.close(() => resolve(true)));
  });
}
