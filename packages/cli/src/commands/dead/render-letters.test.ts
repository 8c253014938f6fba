import type { DeadLetter } from '@alur/store';
import { ConversationId, MessageId, NumberId } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import pc from 'picocolors';
import { renderTime } from '../../moments.ts';
import type { FoundLetter } from './read-letters.ts';
import { countLetters, renderCounts, renderLetters } from './render-letters.ts';

const plain = pc.createColors(false);
const NOW = Date.parse('2026-01-31T12:00:00Z');
const HOUR = 3_600_000;

function letter(digit: string, more: Partial<DeadLetter> = {}, team = 'sales'): FoundLetter {
  return {
    mid: MessageId.parse(digit.repeat(32)),
    diedAtMs: NOW - 2 * HOUR,
    reason: 'bad_recipient',
    code: '131026',
    attempts: 1,
    shard: 0,
    data: {
      mid: MessageId.parse(digit.repeat(32)),
      cid: ConversationId.parse('c'.repeat(32)),
      class: 'reply',
      tenant: 'acme',
      team,
      number: NumberId.parse('100200300'),
      kind: 'text',
    },
    ...more,
  };
}

describe('renderLetters()', () => {
  const died = renderTime(NOW - 2 * HOUR).slice(0, 16);

  test('tells once what all have in common, and fits into 80 columns', () => {
    const lines = renderLetters(
      [letter('a'), letter('b', { reason: 'unknown_outcome', code: '' })],
      NOW,
      plain,
    );
    expect(lines).toEqual([
      'All of team acme/sales, number 100200300',
      'DIED              AGE  MID       CLASS  KIND  REASON           CODE    ATTEMPTS',
      `${died}   2h  aaaaaaaa  reply  text  bad_recipient    131026         1`,
      `${died}   2h  bbbbbbbb  reply  text  unknown_outcome  -              1`,
    ]);
  });

  test('shows teams and numbers as columns where they differ', () => {
    const lines = renderLetters([letter('a'), letter('b', {}, 'support')], NOW, plain);
    expect(lines[0]).toBe('All of number 100200300');
    expect(lines[1]).toMatch(/^DIED +AGE +MID +TEAM +CLASS/);
    expect(lines[3]).toContain('acme/support');
  });

  test('is nothing when there are none', () => {
    expect(renderLetters([], NOW, plain)).toEqual([]);
  });
});

describe('renderCounts()', () => {
  test('tells faults of the pipeline apart, the most frequent reason first', () => {
    const letters = [
      letter('a'),
      ...Array.from({ length: 10 }, () => letter('b', { reason: 'configuration' })),
      letter('c', { reason: 'retries_exhausted' }),
      ...Array.from({ length: 2 }, () => letter('d', { reason: 'rate_limited' })),
    ];
    expect(countLetters(letters).bySide).toEqual({ pipeline: 13, content: 0, recipient: 1 });
    expect(renderCounts(countLetters(letters), plain)).toEqual([
      'faults of the pipeline    13: configuration 10, rate_limited 2, retries_exhausted 1',
      'matters of the recipient   1: bad_recipient 1',
    ]);
  });

  test('paints on a terminal only what is to be told apart', () => {
    const colors = pc.createColors(true);
    const [line = ''] = renderCounts(countLetters([letter('a', { reason: 'configuration' })]), colors);
    expect(line).toContain('\u001B[31mfaults of the pipeline');
    expect(renderLetters([letter('a')], NOW, colors).at(-1)).not.toContain('\u001B');
  });
});
