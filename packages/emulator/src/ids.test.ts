import { describe, expect, test } from '@jest/globals';
import { createIds } from './ids.ts';

describe('createIds()', () => {
  test('makes wamids with the bytes of Meta’s, each once, the same for the same seed', () => {
    const ids = createIds('a');
    const [first, second] = [ids.outbound('16505551234'), ids.outbound('16505551234')];
    expect(first).toMatch(/^wamid\.HBgLMTY1MDU1NTEyMzQVAgARGBJ/);
    expect(ids.inbound('16505551234')).toMatch(/^wamid\.HBgLMTY1MDU1NTEyMzQVAgASGBJ/);
    expect(second).not.toBe(first);
    expect(createIds('a').outbound('16505551234')).toBe(first);
    expect(createIds('b').outbound('16505551234')).not.toBe(first);
  });

  test('makes traces that look like Meta’s, none twice', () => {
    const ids = createIds('a');
    const traces = Array.from({ length: 10_000 }, () => ids.trace());
    expect(new Set(traces).size).toBe(10_000);
    for (const trace of traces) expect(trace).toMatch(/^A[\w-]{22}$/);
  });

  test('makes object ids of 16 digits that a double holds', () => {
    const id = createIds('a').object();
    expect(id).toMatch(/^\d{16}$/);
    expect(Number.isSafeInteger(Number(id))).toBe(true);
  });
});
