import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ARROWS } from './step-rules.ts';

// What an operator does to a dead message is no part of the model.
const BY_HAND = ['dead → queued', 'dead → dropped'];
// Drawn nowhere, as it needs three things at once: an attempt that was taken, the declared one after it under way, and a late
// failure of the first.
const TOO_RARE = ['sent → unknown'];

test('the model takes the arrows that ARCHITECTURE.md draws, and no others', () => {
  const text = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
  const diagram = /^stateDiagram-v2$([^]*?)^```$/m.exec(text)?.[1] ?? '';
  const drawn = [...diagram.matchAll(/^ *(\w+) --> (\w+):/gm)].map(([, from, to]) => `${from} → ${to}`);
  const taken = [...Object.keys(ARROWS).filter((arrow) => !TOO_RARE.includes(arrow)), ...BY_HAND];
  const known = drawn.filter((arrow) => !TOO_RARE.includes(arrow));
  expect([...new Set(known)].sort()).toEqual(taken.sort());
});
