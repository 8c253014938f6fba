import { closest, distance } from 'fastest-levenshtein';

/** "did you mean …", when a known name is near enough to be meant. */
export function didYouMean(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const low = name.toLowerCase();
  const lowKnown = known.map((each) => each.toLowerCase());
  const swapped = lowKnown.findIndex((each) => isSwapped(low, each));
  const near = swapped === -1 ? closest(low, lowKnown) : (lowKnown[swapped] ?? '');
  const isNear = swapped !== -1 || distance(low, near) <= Math.max(1, Math.floor(name.length / 3));
  return isNear ? `did you mean \`${known[lowKnown.indexOf(near)] ?? near}\`?` : undefined;
}

/** Whether two letters that stand side by side have changed places. */
function isSwapped(one: string, other: string): boolean {
  if (one.length !== other.length || one === other) return false;
  let at = 0;
  while (one[at] === other[at]) at += 1;
  return one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2);
}
