import { type ParsedFlow } from '../read-flow.ts';
import { type ParsedNode } from '../read-node.ts';

/** W113: keys at a node that never matter there. Those in its `config` are its type's own concern. */
export function checkIdleKeys({ file, yaml, nodes }: ParsedFlow): void {
  for (const node of nodes) {
    for (const { key, why, fix } of idleKeys(node)) {
      const place = yaml.placeOfKey([...node.path, key]);
      file.report({ code: 'W113', place, message: `\`${key}\` has no effect: ${why}`, fix });
    }
  }
}

interface IdleKey {
  key: string;
  why: string;
  fix: string;
}

function idleKeys({ declares, next, timeoutMs }: ParsedNode): IdleKey[] {
  const idle: IdleKey[] = [];
  if (next && declares.leaves) {
    const why = declares.leaves === 'failing' ? 'the node always fails' : 'the node always goes another way';
    const key = next.path.at(-1) === 'to' ? 'to' : 'next';
    idle.push({ key, why, fix: declares.leaves === 'failing' ? 'use `on_error`' : 'leave it out' });
  }
  if (timeoutMs !== undefined && declares.waits) {
    const why = 'at the node it is the time of web services, in ms';
    const fix = 'say in `config`, in seconds, how long to wait';
    idle.push({ key: 'timeout', why, fix });
  }
  return idle;
}
