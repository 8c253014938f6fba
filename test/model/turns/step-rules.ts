import { complaints } from '../complaints.ts';
import { eventIn } from './calls.ts';
import { LATE_S, type ConversationName, type TurnsConfiguration } from './configuration.ts';
import { CONVERSATIONS, timerName } from './scenario.ts';
import type { TurnsState } from './state.ts';
import type { Happened } from './step.ts';
import { answerIn } from './turn.ts';
import type { ConversationView, View } from './view.ts';

// What a step may change, and what it has to say.

interface Seen {
  state: TurnsState;
  view: View;
}

export function brokenInStep(
  from: Seen,
  happened: Happened,
  to: Seen,
  configuration: TurnsConfiguration,
): string[] {
  const touched = touchedBy(happened);
  const others = CONVERSATIONS.filter((name) => !touched.includes(name));
  return [
    ...others.flatMap((name) =>
      complaints([[!isSame(from.view[name], to.view[name]), `${name} changed, and nothing happened to it`]]),
    ),
    ...byKind(from, happened, to, configuration),
  ];
}

function touchedBy(happened: Happened): readonly ConversationName[] {
  switch (happened.kind) {
    case 'accept':
      return [happened.conversation];
    case 'fire':
      return happened.named;
    case 'load':
      return [happened.conversation];
    case 'commit':
    case 'record':
    case 'aside':
      return [happened.runner.conversation];
    case 'else':
      return [];
  }
}

function byKind(from: Seen, happened: Happened, to: Seen, configuration: TurnsConfiguration): string[] {
  switch (happened.kind) {
    case 'accept':
      return accepted(from, happened, to);
    case 'fire':
      return [...howMany(from, happened), ...happened.named.flatMap((name) => fired(name, from, to))];
    case 'load':
      return loaded(from, happened, to);
    case 'record':
      return recorded(from, happened, to);
    case 'commit':
      return committed(from, happened, to, configuration);
    case 'aside':
      return setAside(from, happened, to);
    case 'else':
      return [];
  }
}

type Of<Kind extends Happened['kind']> = Extract<Happened, { kind: Kind }>;

function accepted(from: Seen, { conversation, event, outcome }: Of<'accept'>, to: Seen): string[] {
  const isKnown = from.state.talks[conversation].came.includes(event);
  const expected = isKnown ? 'dup' : 'new';
  const [before, after] = [from.view[conversation], to.view[conversation]];
  return complaints([
    [outcome !== expected, `${event} is accepted as ${outcome}`],
    [outcome === 'dup' && !isSame(before, after), `${event} came again and changed something`],
    [!isSameBut(before, after, ['inbox', 'entries']), 'accept changed more than the inbox'],
  ]);
}

function howMany({ view, state }: Seen, { named, fired: count }: Of<'fire'>): string[] {
  const due = named.filter((name) => (view[name].due ?? Infinity) <= state.clockS).length;
  return complaints([[count !== due, `fire says ${count} of ${due} timers that were due`]]);
}

/** A timer that is due comes, of its own time, or of now where it is late; one that is not due stays. */
function fired(name: ConversationName, from: Seen, to: Seen): string[] {
  const [before, after] = [from.view[name], to.view[name]];
  const { clockS } = from.state;
  if (before.due === undefined || before.due > clockS) {
    return complaints([[!isSame(before, after), `${name} changed, and its timer is not due`]]);
  }
  const at = clockS - before.due > LATE_S ? clockS : before.due;
  const came = after.inbox.at(-1);
  return complaints([
    [after.timer !== undefined || after.due !== undefined, `the timer of ${name} fired and is still set`],
    [
      came?.event !== timerName(name, before.session.epoch) || came.at !== at,
      `the timer of ${name} is due since ${before.due}, and at ${clockS} came ${JSON.stringify(came)}`,
    ],
    [!isSameBut(before, after, ['inbox', 'entries', 'timer', 'due']), 'fire changed more than the timer'],
  ]);
}

function loaded(from: Seen, { conversation, loaded: seen }: Of<'load'>, to: Seen): string[] {
  const [before, after] = [from.view[conversation], to.view[conversation]];
  // A count of lost owners may be all that there is of a new conversation.
  const isKept = isSameBut(before, after, ['isThere', 'isExpiring', ...(seen ? [] : ['entries' as const])]);
  if (!seen) return complaints([[!isKept, 'load changed something']]);
  const [head] = before.inbox;
  const { answers } = from.state.talks[conversation];
  const first = answers.find(({ event }) => event === head?.event)?.answer;
  return complaints([
    [!isKept, 'load changed something'],
    [seen.version !== before.version, `load says version ${seen.version} instead of ${before.version}`],
    [JSON.stringify(seen.session) !== JSON.stringify(before.session), 'load says another session'],
    [answerIn(seen) !== first, `load says ${answerIn(seen)} of ${head?.event}; the first was ${first}`],
  ]);
}

function recorded(from: Seen, { runner, recorded: said }: Of<'record'>, to: Seen): string[] {
  const { conversation, event } = runner;
  const { answers } = to.state.talks[conversation];
  const first = answers.find((each) => each.event === event)?.answer;
  const stands = said.kind === 'ok' ? answerIn({ journal: { call: said.result } }) : first;
  const isStale = !isOwn(from, runner);
  return complaints([
    [said.kind === 'stale' && !isStale, `an answer of ${event} is refused`],
    [said.kind === 'ok' && isStale, `an answer of ${event} is taken from a runner that came too late`],
    [stands !== first, `${event} sees ${stands}; the first answer was ${first}`],
    [
      !isSameBut(from.view[conversation], to.view[conversation], ['isThere', 'isExpiring']),
      'an answer changed more than the journal',
    ],
  ]);
}

/** Whether the turn that a runner has in hand is still to be committed. */
function isOwn({ view, state }: Seen, { conversation, event, loaded: seen }: Of<'commit'>['runner']) {
  const { inbox, version } = view[conversation];
  const isLeft = state.talks[conversation].came.indexOf(event) < state.talks[conversation].left;
  return !isLeft && inbox[0]?.event === event && version === seen.version;
}

function committed(
  from: Seen,
  { runner, turned, word }: Of<'commit'>,
  to: Seen,
  configuration: TurnsConfiguration,
): string[] {
  const { conversation, event } = runner;
  const talk = from.state.talks[conversation];
  const isLast = talk.came[talk.left - 1] === event && !talk.aside.includes(event);
  const expected = isOwn(from, runner) ? 'ok' : isLast ? 'done' : 'stale';
  const [before, after] = [from.view[conversation], to.view[conversation]];
  if (word !== 'ok') {
    return complaints([
      [word !== expected, `the commit of ${event} is ${word} instead of ${expected}`],
      [from.state.contents !== to.state.contents, `the commit of ${event} is ${word} and changed something`],
    ]);
  }
  return [
    ...complaints([
      [expected !== 'ok', `the commit of ${event} is ok instead of ${expected}`],
      [
        after.version !== before.version + 1,
        `${event} moved the version by ${after.version - before.version}`,
      ],
      [JSON.stringify(after.session) !== JSON.stringify(turned.session), `${event} left another session`],
    ]),
    ...aboutWait(before, { runner }, after),
    ...aboutAnswer(from, { runner, turned }, configuration),
  ];
}

/** Only the timer of the wait that stands ends it; that of an older one changes nothing. */
function aboutWait(
  before: ConversationView,
  { runner }: Pick<Of<'commit'>, 'runner'>,
  after: ConversationView,
): string[] {
  const event = eventIn(runner);
  if (event.kind !== 'timer') return [];
  const isOlder = before.session.wait === undefined || before.session.epoch !== event.epoch;
  const isSameWait = JSON.stringify(waitOf(before)) === JSON.stringify(waitOf(after));
  const until = before.session.wait?.until ?? Infinity;
  return complaints([
    [isOlder && !isSameWait, `${runner.event} is of an older wait and changed the present one`],
    [isOlder && before.timer !== after.timer, `${runner.event} is of an older wait and changed the timer`],
    [!isOlder && isSameWait, `${runner.event} did not end its wait`],
    [!isOlder && event.at < until, `${runner.event} ended its wait before its time`],
  ]);
}

const waitOf = ({ session: { wait, epoch } }: ConversationView) => ({ wait, epoch });

function aboutAnswer(
  from: Seen,
  { runner, turned }: Pick<Of<'commit'>, 'runner' | 'turned'>,
  { messages }: TurnsConfiguration,
): string[] {
  const { event, conversation } = runner;
  const index = messages.findIndex((_, each) => event === `m${each + 1}`);
  if (messages[index]?.calls !== true) return [];
  const first = from.state.talks[conversation].answers.find((each) => each.event === event)?.answer;
  const saw = turned.session.state['saw'];
  return complaints([[saw !== first, `${event} is committed with another answer than the first`]]);
}

function setAside(from: Seen, { runner, isDone }: Of<'aside'>, to: Seen): string[] {
  const { conversation, event } = runner;
  const [before, after] = [from.view[conversation], to.view[conversation]];
  const isHead = before.inbox[0]?.event === event;
  return complaints([
    [isDone !== isHead, `${event} is ${isDone ? '' : 'not '}set aside`],
    [!isDone && !isSame(before, after), `${event} is not set aside, and something changed`],
    [
      !isSameBut(before, after, ['inbox', 'entries', 'isThere', 'isExpiring']),
      'setting aside changed more than the inbox',
    ],
  ]);
}

function isSame(a: ConversationView, b: ConversationView): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function isSameBut(
  a: ConversationView,
  b: ConversationView,
  fields: readonly (keyof ConversationView)[],
): boolean {
  const rest = (view: ConversationView) =>
    Object.entries(view).filter(([key]) => !fields.some((each) => each === key));
  return JSON.stringify(rest(a)) === JSON.stringify(rest(b));
}
