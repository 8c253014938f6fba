import { minus, plus } from '../state.ts';
import { CONVERSATIONS, START_S, timerName, type EventName } from './scenario.ts';
import { withTalk, type TurnsState } from './state.ts';
import { may, step, type Step, type World } from './step.ts';
import type { ConversationName } from './configuration.ts';

// What comes from outside: messages, time, and runners that look for timers that are due.

export function surroundingSteps(state: TurnsState, world: World): Step[] {
  return [...contactSteps(state, world), ...lookSteps(state, world), ...clockSteps(state, world)];
}

function contactSteps(state: TurnsState, world: World): Step[] {
  return CONVERSATIONS.flatMap((conversation) => {
    const own = world.configuration.messages.flatMap((message, index) =>
      message.in === conversation ? [index] : [],
    );
    const next = own[state.heard[conversation]];
    const steps = next === undefined ? [] : [hears(next, conversation, state, world, 'first')];
    const former = own[state.heard[conversation] - 1];
    if (former === undefined || !may('heard again', state, world)) return steps;
    return [...steps, hears(former, conversation, state, world, 'again')];
  });
}

function hears(
  index: number,
  conversation: ConversationName,
  state: TurnsState,
  { calls }: World,
  how: 'first' | 'again',
): Step {
  const event: EventName = `m${index + 1}`;
  return async () => {
    const { contents, answer } = await calls.accept(state, index, conversation, START_S + state.clockS);
    const { heard, talks, mishaps } = state;
    const came = answer === 'new' ? { came: [...talks[conversation].came, event] } : {};
    const next =
      how === 'again'
        ? { ...state, contents, mishaps: mishaps + 1 }
        : { ...state, contents, heard: { ...heard, [conversation]: heard[conversation] + 1 } };
    return {
      did: `the contact of ${conversation} says ${event}: ${answer}`,
      state: withTalk(next, conversation, came),
      happened: { kind: 'accept', conversation, event, outcome: answer },
    };
  };
}

function lookSteps(state: TurnsState, world: World): Step[] {
  const steps = state.looks.map((named) => fires(named, state, world));
  if (may('runner dies', state, world)) {
    const mishaps = state.mishaps + 1;
    for (const named of state.looks)
      steps.push(
        step('a runner dies before it fires', { ...state, mishaps, looks: minus(state.looks, named) }),
      );
  }
  return state.looks.length < world.configuration.looks ? [...steps, looks(state, world)] : steps;
}

function looks(state: TurnsState, { calls }: World): Step {
  return async () => {
    const { contents, answer } = await calls.fire(state, []);
    const due = answer.due.length > 0 ? [answer.due] : [];
    const isNothing = contents === state.contents && due.length === 0;
    return {
      did: `a runner looks which timers are due: ${answer.due.join(', ')}`,
      state: isNothing ? state : { ...state, contents, looks: plus(state.looks, ...due) },
      happened: { kind: 'fire', named: [], fired: answer.fired },
    };
  };
}

function fires(named: readonly ConversationName[], state: TurnsState, { calls, book }: World): Step {
  return async () => {
    const { contents, answer } = await calls.fire(state, named);
    const due = answer.due.length > 0 ? [answer.due] : [];
    const before = book.view(state.contents);
    const next = { ...state, contents, looks: plus(minus(state.looks, named), ...due) };
    // What has to come, by what Redis held: the rules compare the inboxes with it.
    const fired = named.filter((name) => (before[name].due ?? Infinity) <= state.clockS);
    return {
      did: `a runner fires the timers of ${named.join(', ')}: ${answer.fired}`,
      state: fired.reduce<TurnsState>((all, name) => {
        const event = timerName(name, before[name].session.epoch);
        return withTalk(all, name, { came: [...all.talks[name].came, event] });
      }, next),
      happened: { kind: 'fire', named, fired: answer.fired },
    };
  };
}

/** Time goes on to the next timer, or past it. */
function clockSteps(state: TurnsState, { book, configuration }: World): Step[] {
  const view = book.view(state.contents);
  const due = CONVERSATIONS.flatMap((name) => view[name].due ?? []).filter((at) => at > state.clockS);
  if (due.length === 0) return [];
  const { lateS } = configuration;
  const ahead = Math.min(...due) - state.clockS;
  return [ahead, ...(lateS === undefined ? [] : [ahead + lateS])].map((s) =>
    step(`${s} s pass`, { ...state, clockS: state.clockS + s }),
  );
}
