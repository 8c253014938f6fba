import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { CHECKS } from './check-list.ts';

const page = readFileSync(new URL('../../../../../docs/doctor.md', import.meta.url), 'utf8');

function rowsOf(name: string): string[][] {
  const inside = page.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';
  const lines = inside.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

test('docs/doctor.md lists every check in its own words, with when it fails and what to do', () => {
  const rows = rowsOf('checks');
  expect(rows.map(([id, checked]) => [id, checked])).toEqual(
    Object.entries(CHECKS).map(([id, checked]) => [`\`${id}\``, checked]),
  );
  for (const [, , fails, fix] of rows)
    expect([fails, fix]).toEqual([expect.stringMatching(/\w/), expect.stringMatching(/\w/)]);
});

test('docs/doctor.md names no check that there is not', () => {
  const named = [
    ...page.matchAll(
      /`((?:bundle|webhook|graph|token|number|waba|templates|contact|intake|outbox|redis|clock|services)\.[\w-]+)`/g,
    ),
  ].map(([, id]) => id);
  const known = new Set<string | undefined>([...Object.keys(CHECKS), 'bundle.yaml', 'redis.conf']);
  expect(named.filter((id) => !known.has(id))).toEqual([]);
});
