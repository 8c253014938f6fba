import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type TierHold, createTierCount } from './tier-count.ts';

const WINDOW_MS = 1_000;

interface Claim {
  member: string;
  fromMs: number;
  isReleased: boolean;
}

/** Members with a claim that is neither given back nor a window old: by looking at all claims there ever were. */
function naive(claims: readonly Claim[], ms: number): Set<string> {
  const live = claims.filter(({ fromMs, isReleased }) => !isReleased && fromMs + WINDOW_MS > ms);
  return new Set(live.map(({ member }) => member));
}

const step = fc.record({
  waitMs: fc.integer({ min: 0, max: 400 }),
  act: fc.constantFrom('hold', 'hold', 'deliver', 'release'),
  member: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  which: fc.nat(),
});

describe('createTierCount()', () => {
  test('counts members as a naive model does', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const tier = createTierCount(WINDOW_MS);
        const held: { hold: TierHold; claim: Claim }[] = [];
        let ms = 0;
        for (const { waitMs, act, member, which } of steps) {
          ms += waitMs;
          const chosen = held[which % Math.max(1, held.length)];
          if (act === 'hold') {
            held.push({ hold: tier.hold(member, ms), claim: { member, fromMs: ms, isReleased: false } });
          } else if (chosen && act === 'release') {
            chosen.hold.release();
            chosen.claim.isReleased = true;
          } else if (chosen && !chosen.claim.isReleased) {
            chosen.hold.deliver(ms);
            chosen.claim.fromMs = ms;
          }
          const expected = naive(
            held.map(({ claim }) => claim),
            ms,
          );
          for (const other of ['a', 'b', 'c', 'd', 'e', 'new']) {
            expect(tier.isHeld(other, ms)).toBe(expected.has(other));
            expect(tier.countWith(other, ms)).toBe(new Set([...expected, other]).size);
          }
        }
      }),
    );
  });

  test('holds a place until a window after the delivery, not after the sending', () => {
    const tier = createTierCount(WINDOW_MS);
    const hold = tier.hold('a', 0);
    hold.deliver(700);
    expect(tier.countWith('b', 1_699)).toBe(2);
    expect(tier.countWith('b', 1_700)).toBe(1);
  });

  test('gives a place back only when no other message holds it', () => {
    const tier = createTierCount(WINDOW_MS);
    const first = tier.hold('a', 0);
    const second = tier.hold('a', 1);
    first.release();
    first.release();
    expect(tier.isHeld('a', 2)).toBe(true);
    second.release();
    expect(tier.isHeld('a', 2)).toBe(false);
  });
});
