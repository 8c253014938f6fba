import { parseContents } from './contents.ts';
import type { Broken, Explored } from './explore.ts';
import { NOW } from './scenario.ts';

/** A broken rule as an engineer wants to read it: which one, every step on the way with its time, and what it is like there. */
export function tellBroken({ rules, path, state, contents }: Broken): string {
  const lines = [...rules.map((rule) => `BROKEN: ${rule}`), '', 'The shortest way there:', ...timed(path)];
  if (state !== undefined) lines.push('', 'The world then:', ...pairs(state));
  if (contents !== '') lines.push('', 'Redis then (times in ms from now):', ...inRedis(contents));
  return lines.join('\n');
}

/** One line about an exploration. */
export function tellExplored(name: string, explored: Explored): string {
  const { states, transitions, depth, ends, contents, calls, seconds, isComplete } = explored;
  const rate = Math.round(states / Math.max(seconds, 0.001));
  return [
    `${name}:`,
    `${states} states, ${transitions} transitions, depth ${depth}, ${ends} ends,`,
    `${contents} contents of Redis, ${calls} calls of scripts,`,
    `${seconds.toFixed(1)} s (${rate} states/s), ${isComplete ? 'all of it' : 'as far as the bound'}`,
  ].join(' ');
}

function timed(path: readonly string[]): string[] {
  let atMs = 0;
  return path.map((did, index) => {
    const line = `${String(index + 1).padStart(3)}. at ${(atMs / 1000).toFixed(1).padStart(6)} s  ${did}`;
    atMs += Number(/^([\d.]+) s pass/.exec(did)?.[1] ?? 0) * 1000;
    return line;
  });
}

function pairs(values: object): string[] {
  return Object.entries(values).flatMap(([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return text === '[]' ? [] : [`  ${key}: ${text}`];
  });
}

function inRedis(text: string): string[] {
  const { hashes, lists, sets } = parseContents(text);
  const fromNow = (line: string) => line.replace(/\b1[78]\d{11}\b/g, (time) => String(Number(time) - NOW));
  return pairs({ ...hashes, ...lists, ...sets }).map(fromNow);
}
