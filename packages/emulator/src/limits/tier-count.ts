import { createFifo } from '../webhooks/fifo.ts';

/** One message's claim on a place in the tier. */
export interface TierHold {
  /** The message was delivered at `ms`: its place counts from then on. */
  deliver(ms: number): void;
  /** Gives the place back, unless another message of the window holds it: the message failed. */
  release(): void;
}

/** Distinct members of a rolling window. Time never runs backwards here: an earlier `ms` counts as the latest. */
export interface TierCount {
  /** Members of the window that ends at `ms`, with this one. */
  countWith(member: string, ms: number): number;
  isHeld(member: string, ms: number): boolean;
  hold(member: string, ms: number): TierHold;
}

interface Claim {
  member: string;
  endsMs: number;
  isOver: boolean;
}

/** A member counts until `windowMs` after its last claim. Costs O(1) per message, amortised. */
export function createTierCount(windowMs: number): TierCount {
  const claims = createClaims(windowMs);
  return {
    countWith(member, ms) {
      claims.moveTo(ms);
      return claims.members() + (claims.has(member) ? 0 : 1);
    },
    isHeld(member, ms) {
      claims.moveTo(ms);
      return claims.has(member);
    },
    hold(member, ms) {
      claims.moveTo(ms);
      let current = claims.add(member);
      return {
        deliver(atMs) {
          claims.moveTo(atMs);
          claims.end(current);
          current = claims.add(member);
        },
        release: () => claims.end(current),
      };
    },
  };
}

/** Claims in the order of their ends, and how many each member has. */
function createClaims(windowMs: number) {
  const queue = createFifo<Claim>();
  const counts = new Map<string, number>();
  let nowMs = -Infinity;
  const end = (claim: Claim) => {
    if (claim.isOver) return;
    claim.isOver = true;
    const left = (counts.get(claim.member) ?? 1) - 1;
    if (left > 0) counts.set(claim.member, left);
    else counts.delete(claim.member);
  };
  return {
    moveTo(ms: number) {
      nowMs = Math.max(nowMs, ms);
      for (let oldest = queue.peek(); oldest && oldest.endsMs <= nowMs; oldest = queue.peek()) {
        end(oldest);
        queue.take();
      }
    },
    add(member: string): Claim {
      const claim = { member, endsMs: nowMs + windowMs, isOver: false };
      queue.add(claim);
      counts.set(member, (counts.get(member) ?? 0) + 1);
      return claim;
    },
    end,
    has: (member: string) => counts.has(member),
    members: () => counts.size,
  };
}
