import { complaints } from './complaints.ts';
import { NAMES, type Name } from './scenario.ts';
import { countOf, partsOf, tagOf, type State } from './state.ts';
import { FINAL } from './state-rules.ts';
import { isKnownTaken } from './step-rules.ts';
import type { MessageView, View } from './view.ts';

// What has to hold when nothing more can happen.

export function brokenAtEnd(state: State, view: View): string[] {
  const known = state.kept.filter((receipt) => view.wamids.includes(tagOf(receipt)));
  return [
    ...view.leftovers,
    ...complaints([[state.jobs.length > 0, `jobs are left: ${state.jobs.join(', ')}`]]),
    ...known.map((receipt) => `"${receipt.kind}" of ${tagOf(receipt)} is kept, though its wamid is known`),
    ...NAMES.flatMap((name) => {
      const message = view.messages[name];
      return message ? ended(name, message, state) : [];
    }),
  ];
}

const RANK = { failed: 0, sent: 1, delivered: 2 };

function ended(
  name: Name,
  { state: is, rank, reason = '', unknownRetries }: MessageView,
  state: State,
): string[] {
  const ranks = state.merged.map((receipt) => (receipt.name === name ? RANK[receipt.kind] : 0));
  const best = Math.max(0, ...ranks);
  const count = countOf(state.posted, name);
  const isOnce = reason === 'rate_limited' || (count === 1 && countOf(state.accepted, name) === 1);
  const isPlain = state.mishaps === 0 && unknownRetries === 0;
  const isTaken = isKnownTaken(name, state.merged);
  return complaints([
    [!FINAL.has(is), `${name} is ${is} for ever`],
    [isTaken && is !== 'sent', `Graph took ${name}, and it ended ${is}`],
    [is === 'sent' && !isTrulySent(name, state), `${name} counts as sent, and is not`],
    [is === 'dead' && reason === '', `${name} is dead without a reason`],
    [rank !== best, `${name} ends with rank ${rank}; its statuses say ${best}`],
    [isPlain && !isOnce, `nothing went wrong, and ${name} was POSTed ${count} times`],
  ]);
}

/** Graph took an attempt, and did not report it as failed, as far as anybody heard; or it was delivered. */
function isTrulySent(name: Name, { accepted, merged }: State): boolean {
  if (merged.some((receipt) => receipt.name === name && receipt.kind === 'delivered')) return true;
  const failed = new Set(merged.filter(({ kind }) => kind === 'failed').map(tagOf));
  return accepted.some((tag) => partsOf(tag).name === name && !failed.has(tag));
}
