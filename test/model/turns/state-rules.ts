import { complaints, repeated } from '../complaints.ts';
import { CONVERSATIONS, START_S, timerName } from './scenario.ts';
import type { ConversationName } from './configuration.ts';
import type { Talk, TurnsState } from './state.ts';
import type { ConversationView, View } from './view.ts';

// What has to hold at every moment, and what where nothing more can happen.

export function brokenInState(state: TurnsState, view: View): string[] {
  return CONVERSATIONS.flatMap((name) => inConversation(name, view[name], state.talks[name]));
}

function inConversation(name: ConversationName, view: ConversationView, talk: Talk): string[] {
  const { inbox, entries, version, session } = view;
  const waiting = inbox.map(({ event }) => event);
  const expected = talk.came.slice(talk.left);
  return [
    ...complaints([
      [inbox.length > 0 && entries.length === 0, `${name} has something to do, and is not in ready`],
      [inbox.length === 0 && entries.length > 0, `${name} is in ready, and has nothing to do`],
      [entries.length > 1, `${name} is in ready ${entries.length} times`],
      [
        waiting.join() !== expected.join(),
        `the inbox of ${name} holds [${waiting.join()}] instead of [${expected.join()}]`,
      ],
      [
        version !== talk.left - talk.aside.length,
        `${name} has version ${version} after ${talk.left - talk.aside.length} turns`,
      ],
      [Number(session.state['n'] ?? 0) !== version, `the session of ${name} is not of its version`],
      [inbox.length === 0 && view.isThere && !view.isExpiring, `${name} is kept for ever`],
    ]),
    ...repeated(talk.came).map((event) => `${event} came twice`),
    ...repeated(talk.ended.map(({ epoch }) => epoch)).map((epoch) => `wait ${epoch} of ${name} ended twice`),
    ...aboutTimer(name, view, talk),
  ];
}

/** The wait that stands has one timer: set, or in the inbox. Nothing else has one. */
function aboutTimer(name: ConversationName, view: ConversationView, { aside }: Talk): string[] {
  const { inbox, session, timer, due } = view;
  const { wait, epoch } = session;
  const own = timerName(name, epoch);
  const isSet = timer !== undefined || due !== undefined;
  const isInInbox = inbox.some(({ event }) => event === own);
  // A timer that no runner survives is kept aside, and what it should have ended with it.
  const isLost = aside.includes(own);
  return complaints([
    [
      (timer === undefined) !== (due === undefined),
      `${name}: timers and the conversation say different things`,
    ],
    [!wait && isSet, `${name} waits for nothing, and has a timer`],
    [wait !== undefined && isSet && timer !== own, `${name} has the timer ${timer} instead of ${own}`],
    [
      wait?.until !== undefined && due !== undefined && wait.until !== START_S + due,
      `the timer of ${name} is due at another time than its wait`,
    ],
    [wait !== undefined && !isSet && !isInInbox && !isLost, `the wait of ${name} has lost its timer`],
    [wait !== undefined && isSet && isInInbox, `the wait of ${name} has its timer twice`],
  ]);
}

export function brokenAtEnd(state: TurnsState, view: View): string[] {
  const { runners, looks } = state;
  return [
    ...complaints([[runners.length + looks.length > 0, 'somebody is at work for ever']]),
    ...CONVERSATIONS.flatMap((name) => atEnd(view[name], { name, talk: state.talks[name] })),
  ];
}

function atEnd(
  { inbox, entries, due, session }: ConversationView,
  { name, talk }: { name: ConversationName; talk: Talk },
): string[] {
  const { wait, epoch } = session;
  const isLost = talk.aside.includes(timerName(name, epoch));
  const open = wait ? 1 : 0;
  return complaints([
    [inbox.length > 0, `${name} has something to do for ever`],
    [entries.length > 0, `${name} is in ready for ever`],
    [due !== undefined, `a timer of ${name} never fires`],
    [wait !== undefined && !isLost, `a wait of ${name} stands past its time`],
    [talk.ended.length + open !== epoch, `of ${epoch} waits of ${name}, ${talk.ended.length} ended`],
  ]);
}
