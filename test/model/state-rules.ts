import { complaints, repeated } from './complaints.ts';
import { NAMES, type Name } from './scenario.ts';
import { countOf, partsOf, tagOf, type State } from './state.ts';
import type { MessageView, View } from './view.ts';

// What has to hold in every state. Each rule says what is wrong.

export const FINAL = new Set(['sent', 'dead', 'skipped']);
const OPEN = new Set(['queued', 'attempting', 'unknown']);

export interface Bounds {
  throughput: number;
  tier: number;
}

export function brokenInState(state: State, view: View, bounds: Bounds): string[] {
  return [
    ...attempts(state, view),
    ...posts(state, view),
    ...limits(state, view, bounds),
    ...NAMES.flatMap((name) => {
      const message = view.messages[name];
      return message ? [...place(name, message, state.past), ...books(name, message)] : [];
    }),
  ];
}

function attempts({ senders }: State, { messages }: View): string[] {
  const held = senders.flatMap((sender) => (sender.phase === 'ending' ? [] : [sender]));
  const unclaimed = held.filter(({ name, attempt }) => attempt > (messages[name]?.attempt ?? attempt));
  return [
    ...repeated(held.map(tagOf)).map((tag) => `${tag} is held by two senders`),
    ...unclaimed.map((sender) => `${tagOf(sender)} was never claimed`),
  ];
}

function posts({ posted, accepted, failed }: State, { messages }: View): string[] {
  const early = posted
    .map(partsOf)
    .filter(({ name, attempt }) => attempt > (messages[name]?.attempt ?? attempt));
  const often = NAMES.filter((name) => {
    const declared = Math.min(1, messages[name]?.unknownRetries ?? 0) + countOf(failed, name);
    return countOf(accepted, name) > 1 + declared;
  });
  return [
    ...repeated(posted).map((tag) => `${tag} was POSTed twice`),
    ...early.map((part) => `${tagOf(part)} was POSTed and never claimed`),
    ...often.map((name) => `Graph took ${name} more often than was declared`),
  ];
}

function limits({ wrote }: State, view: View, { throughput, tier }: Bounds): string[] {
  return complaints([
    [view.admitted > Math.max(2, Math.ceil(throughput / 10)), `${view.admitted} messages are admitted`],
    [view.flying > Math.max(8, Math.ceil(throughput / 2)), `${view.flying} messages are on their way`],
    [wrote.length > throughput, `${wrote.length} messages were written within a second`],
    [view.pairLevel < 0, 'more was said to the contact than the pair limit allows'],
    [view.tierUsed > tier, `the tier holds ${view.tierUsed}`],
  ]);
}

/** A queued message is in exactly one place, and one that is tried waits nowhere. */
function place(name: Name, message: MessageView, past: readonly Name[]): string[] {
  const { state, inChain, inLanes, inTierWait, isAdmitted, isAttempting, later } = message;
  const isQueued = state === 'queued';
  const isTried = state === 'attempting' || state === 'unknown';
  const waits = inLanes + inTierWait + (later === undefined ? 0 : 1);
  const places = waits + (isAdmitted ? 1 : 0) + (inChain > 0 ? 1 : 0);
  const isLost = OPEN.has(state) && !past.includes(name) && inChain < 0;
  return complaints([
    [isLost, `${name} is ${state} and not in its chain`],
    [isQueued && places !== 1, `${name} is queued in ${places} places`],
    [isQueued && isAttempting, `${name} is queued and counts as on its way`],
    [state === 'attempting' && !isAttempting, `${name} is attempted and does not count as on its way`],
    [isTried && waits > 0, `${name} is ${state} and waits too`],
  ]);
}

/** What is open is in the outbox and stays; what is dead is listed, and leaves the outbox. */
function books(name: Name, message: MessageView): string[] {
  const { state, check, isDead, isExpiring } = message;
  const isTried = state === 'attempting' || state === 'unknown';
  return complaints([
    [OPEN.has(state) && check === undefined, `${name} is ${state} and not in the outbox`],
    [OPEN.has(state) && isExpiring, `${name} is ${state} and its record runs out`],
    [isTried && check === Infinity, `${name} is ${state} and nobody will look at it`],
    [isDead !== (state === 'dead'), `${name} is ${state}; listed as dead: ${isDead}`],
    [isDead && check === Infinity, `${name} is dead and stays in the outbox`],
  ]);
}
