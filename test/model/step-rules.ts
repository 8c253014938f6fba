import { complaints } from './complaints.ts';
import { FLOOR_MS, GRACE_MS, LEASE_MS, type Configuration } from './configuration.ts';
import { BEFORE, NAMES, type Name } from './scenario.ts';
import { partsOf, placeOf, tagOf, type Receipt, type State } from './state.ts';
import { FINAL } from './state-rules.ts';
import type { View } from './view.ts';
import type { Happened } from './step.ts';

// What has to hold of every step: which state of a message may follow which, and what each step may and must do.

export interface Moment {
  state: State;
  view: View;
}

type Kind = Happened['kind'];

/** The arrows of the diagram "States of a message" in ARCHITECTURE.md, and the steps that may take them. */
export const ARROWS: Record<string, readonly Kind[]> = {
  'queued → attempting': ['claim'],
  'queued → dead': ['claim'],
  'queued → skipped': ['claim'],
  'queued → sent': ['finish', 'merge'],
  'attempting → sent': ['finish', 'merge'],
  'attempting → queued': ['finish', 'merge'],
  'attempting → dead': ['finish', 'merge'],
  'attempting → unknown': ['finish', 'sweep'],
  'unknown → sent': ['finish', 'merge'],
  'unknown → queued': ['finish', 'sweep', 'merge'],
  'unknown → dead': ['finish', 'sweep', 'merge'],
  'sent → queued': ['merge'],
  'sent → unknown': ['merge'],
  'sent → dead': ['merge'],
  'dead → sent': ['finish', 'merge'],
};

export function brokenInStep(
  before: Moment,
  happened: Happened,
  after: Moment,
  configuration: Configuration,
): string[] {
  return [
    ...NAMES.flatMap((name) => arrow(name, before.view, happened, after.view)),
    ...own(before, happened, after, configuration),
  ];
}

function arrow(name: Name, before: View, { kind }: Happened, after: View): string[] {
  const from = before.messages[name];
  const to = after.messages[name];
  if (!from) return to && to.state !== 'queued' ? [`${name} begins ${to.state}`] : [];
  if (!to) return kind === 'withdraw' ? [] : [`the record of ${name} is gone`];
  const taken = `${from.state} → ${to.state}`;
  const isOther = from.state !== to.state;
  const wasDelivered = from.state === 'sent' && from.rank >= 2;
  return complaints([
    [isOther && !ARROWS[taken]?.includes(kind), `${name}: ${taken} by ${kind}`],
    [to.rank < from.rank, `${name}: the rank of its statuses falls from ${from.rank} to ${to.rank}`],
    [isOther && wasDelivered, `${name} was delivered, and is ${to.state}`],
  ]);
}

function own(before: Moment, happened: Happened, after: Moment, configuration: Configuration): string[] {
  switch (happened.kind) {
    case 'claim':
      return claimed(before, happened, after);
    case 'post':
      return posted(before, happened);
    case 'merge':
      return merged(before, happened, after);
    case 'settle':
      return settled(happened.name, after.view);
    case 'sweep':
      return swept(before.view, happened, configuration);
    case 'wake':
      return woken(before.view, after.view);
    case 'withdraw':
      return withdrawn(before, happened, after.view);
    case 'queue again':
    case 'finish':
    case 'else':
      return [];
  }
}

type Of<K extends Kind> = Extract<Happened, { kind: K }>;

function claimed({ state, view }: Moment, { name, word, attempt }: Of<'claim'>, after: Moment): string[] {
  if (word !== 'go') {
    return complaints([
      [!takesNothing(view, after.view), `a claim of ${name} takes tokens and says ${word}`],
    ]);
  }
  const { state: was = 'missing', isAdmitted = false, attempt: last = 0 } = view.messages[name] ?? {};
  const isFree = view.pairLevel < Infinity && view.pair === after.view.pair;
  return complaints([
    [was !== 'queued' || !isAdmitted, `${name} is claimed out of its place`],
    [attempt !== last + 1, `attempt ${attempt} of ${name} follows ${last}`],
    [isKnownTaken(name, state.merged), `${name} is claimed although a status says that Graph took it`],
    [isFree, `a claim of ${name} takes no token of the contact`],
  ]);
}

function takesNothing(before: View, after: View): boolean {
  const isNothingSpent = after.spent.every((member) => before.spent.includes(member));
  return isNothingSpent && before.pair === after.pair && before.tier === after.tier;
}

function posted({ state, view }: Moment, { name, attempt }: Of<'post'>): string[] {
  const { state: is = 'missing', attempt: last = 0 } = view.messages[name] ?? {};
  const first = BEFORE[name];
  // After the claim, a late word of an earlier attempt may have come; there is no asking again right before the POST.
  const isOpen = is === 'attempting' || (attempt > 1 && (is === 'sent' || is === 'unknown'));
  const isFirst = first === undefined || state.past.includes(first);
  return complaints([
    [!isOpen || attempt !== last, `${name}.${attempt} is POSTed while its record says ${is} ${last}`],
    [!isFirst, `${name} is POSTed before ${first} is over`],
  ]);
}

function merged({ state, view }: Moment, { receipt }: Of<'merge'>, after: Moment): string[] {
  const { name } = receipt;
  const [from, to] = [view.messages[name], after.view.messages[name]];
  const isKnown = placeOf(state.merged, receipt) >= 0;
  const isSame = JSON.stringify(from) === JSON.stringify(to);
  const isTaken = isKnownTaken(name, after.state.merged);
  return complaints([
    [isKnown && !isSame, `the same status of ${name} changes it twice`],
    [isTaken && to?.state !== 'sent', `Graph took ${name}, and it is ${to?.state}`],
  ]);
}

/** Whether the statuses say of some attempt that Graph took it and did not fail it, or that it was delivered. */
export function isKnownTaken(name: Name, merged: readonly Receipt[]): boolean {
  const own = merged.filter((receipt) => receipt.name === name);
  const failed = new Set(own.filter(({ kind }) => kind === 'failed').map(tagOf));
  return own.some(
    (receipt) => receipt.kind === 'delivered' || (receipt.kind === 'sent' && !failed.has(tagOf(receipt))),
  );
}

function settled(name: Name, { messages }: View): string[] {
  const { state = 'missing', check, inChain = -1 } = messages[name] ?? {};
  const isThere = check !== undefined || inChain === 0;
  const isHeld = FINAL.has(state) && isThere;
  return complaints([[isHeld, `${name} is ${state} and settled, and still holds its chain or the outbox`]]);
}

/** An unknown is tried again or given up after the grace only, with the status path alive or the floor passed. */
function swept(view: View, { name, word }: Of<'sweep'>, { onUnknown }: Configuration): string[] {
  const { started = 0, unknownRetries = 0 } = view.messages[name] ?? {};
  const ageMs = -started;
  const age = `${ageMs / 1000} s`;
  const isJudged = word === 'retry' || word === 'parked';
  const isProven = ageMs >= FLOOR_MS || view.statusesSeen.filter((at) => at > started).length >= 3;
  const isDeclared = onUnknown === 'retry_once' && unknownRetries === 0;
  return complaints([
    [word === 'unknown' && ageMs < LEASE_MS, `${name} is taken from its sender after ${age}`],
    [isJudged && ageMs < GRACE_MS, `${name} is given ${age} of grace`],
    [isJudged && !isProven, `${name} is judged, and nothing proves that statuses arrive`],
    [word === 'retry' && !isDeclared, `${name} is tried again as unknown, which was not declared`],
  ]);
}

function woken(before: View, after: View): string[] {
  const early = NAMES.filter((name) => {
    const isWaiting = (before.messages[name]?.later ?? 0) > 0;
    return isWaiting && after.messages[name]?.later === undefined;
  });
  return early.map((name) => `${name} is let go before its time`);
}

/** Only what waits is withdrawn, and nothing that Graph may have; what it took of the tier is free again. */
function withdrawn({ state, view }: Moment, { name, word }: Of<'withdraw'>, after: View): string[] {
  const { state: was = 'missing', attempt = 0 } = view.messages[name] ?? {};
  const isTold = word === 'withdrawn';
  const mayBeTaken = [...state.posts, ...state.accepted].some((tag) => partsOf(tag).name === name);
  return complaints([
    [isTold !== (after.messages[name] === undefined), `${name} counts as ${word}, which is not so`],
    [isTold && was !== 'queued', `${name} is ${was}, and is withdrawn`],
    [isTold && mayBeTaken, `${name} is withdrawn, and Graph may have taken it`],
    [!isTold && was === 'queued' && attempt === 0, `${name} waits, and is not withdrawn`],
    [isTold && after.tier.includes(`<${name}>`), `${name} is withdrawn, and keeps its place in the tier`],
  ]);
}
