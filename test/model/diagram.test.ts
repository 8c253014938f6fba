import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ARROWS } from './step-rules.ts';

// What an operator does to a dead message is no part of the model.
const BY_HAND = ['dead → queued', 'dead → dropped'];

test('the model takes the arrows that ARCHITECTURE.md draws, and no others', () => {
  const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const diagram = /^stateDiagram-v2$([^]*?)^```$/m.exec(text)?.[1] ?? '';
  const drawn = [...diagram.matchAll(/^ *(\w+) --> (\w+):/gm)].map(([, from, to]) => `${from} → ${to}`);
  const taken = [...Object.keys(ARROWS), ...BY_HAND];
  expect([...new Set(drawn)].sort()).toEqual(taken.sort());
});
