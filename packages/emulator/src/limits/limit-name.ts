/** Meta's limits on sending, in the order in which one of several that a message exceeds is named. */
export const LIMIT_NAMES = ['throughput', 'pair', 'tier', 'window', 'optOut'] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

/** How a limit is held: not at all, by refusing the POST, or by accepting it and failing the message by a status. */
type Enforcement = false | 'api' | 'status';
export type EnforceSettings = Record<LimitName, Enforcement>;

// Rates are refused at once; the others are mostly found out on the way to the contact and come back as a failed status.
const AS_META: EnforceSettings = {
  throughput: 'api',
  pair: 'api',
  tier: 'status',
  window: 'status',
  optOut: 'status',
};

/** Settings of `enforce` that hold these limits in one way: Meta's usual one, or the same for all. */
export function enforceLimits(
  names: readonly LimitName[],
  by: 'meta' | 'api' | 'status' = 'meta',
): EnforceSettings {
  const way = (name: LimitName) => (by === 'meta' ? AS_META[name] : by);
  const held = (name: LimitName) => (names.includes(name) ? way(name) : false);
  return {
    throughput: held('throughput'),
    pair: held('pair'),
    tier: held('tier'),
    window: held('window'),
    optOut: held('optOut'),
  };
}
