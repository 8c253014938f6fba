import { minus, plus } from '../state.ts';
import { eventIn } from './calls.ts';
import { eventName } from './scenario.ts';
import { withTalk, type Runner, type TurnsState } from './state.ts';
import { may, step, type Having, type Step, type World } from './step.ts';
import { answerIn, takeTurn, type Turned } from './turn.ts';

// A runner, as `work-conversation` is one: reads or takes over an entry, loads, takes the turn, records what came of its call,
// commits, goes on with the next event. Which runner is which makes no difference.

export function runnerSteps(state: TurnsState, world: World): Step[] {
  const steps = state.runners.flatMap((runner) => ownSteps(runner, state, world));
  if (may('runner dies', state, world)) {
    steps.push(...state.runners.map((runner) => dies(runner, state)));
  }
  if (state.runners.length === world.configuration.runners) return steps;
  return [...steps, ...reads(state, world), ...takesOver(state, world)];
}

function entriesOf({ contents }: TurnsState, { book }: World) {
  const { c1, c2 } = book.view(contents);
  const entries = [
    ...c1.entries.map((entry) => ({ entry, conversation: 'c1' as const })),
    ...c2.entries.map((entry) => ({ entry, conversation: 'c2' as const })),
  ];
  return entries.sort((a, b) => Number.parseInt(a.entry) - Number.parseInt(b.entry));
}

/** Redis gives the oldest entry that nobody was given. */
function reads(state: TurnsState, world: World): Step[] {
  const next = entriesOf(state, world).find(({ entry }) => !state.delivered.includes(entry));
  if (!next) return [];
  const runners = plus<Runner>(state.runners, { ...next, phase: 'read', recovered: false });
  const delivered = [...state.delivered, next.entry].sort();
  return [step(`a runner reads ${nameOf(next)}`, { ...state, runners, delivered })];
}

/** An entry whose runner is gone is taken over in time; one whose runner only stands still, where that may be. */
function takesOver(state: TurnsState, world: World): Step[] {
  const given = entriesOf(state, world).filter(({ entry }) => state.delivered.includes(entry));
  return given.flatMap((next) => {
    const isHeld = state.runners.some(({ entry }) => entry === next.entry);
    if (isHeld && !may('runner stops', state, world)) return [];
    const runners = plus<Runner>(state.runners, { ...next, phase: 'read', recovered: true });
    const did = `a runner takes ${nameOf(next)} over${isHeld ? ' from one that stands still' : ''}`;
    return [step(did, { ...state, runners, mishaps: state.mishaps + (isHeld ? 1 : 0) })];
  });
}

function ownSteps(runner: Runner, state: TurnsState, world: World): Step[] {
  if (runner.phase === 'read') return [loads(runner, state, world)];
  const { lostMost = Infinity } = world.configuration;
  if (runner.loaded.lost >= lostMost) return [setsAside(runner, state, world)];
  const { session } = runner.loaded;
  const turn = { event: eventIn(runner), session, answer: runner.answer };
  const turned = takeTurn(runner.conversation, turn, world.configuration);
  if (turned === 'calls') return [records(runner, state, world)];
  const steps = [commits(runner, turned, state, world)];
  if (!may('commit repeated', state, world)) return steps;
  return [...steps, commits(runner, turned, state, world, 'unheard')];
}

function loads(runner: Extract<Runner, { phase: 'read' }>, state: TurnsState, { calls }: World): Step {
  return async () => {
    const { contents, answer: loaded } = await calls.load(state, runner);
    const { entry, conversation, recovered } = runner;
    const event = loaded && eventName(loaded.item.evt);
    const own: Runner[] =
      loaded && event
        ? [{ entry, conversation, phase: 'loaded', event, loaded, answer: answerIn(loaded) }]
        : [];
    return {
      did: `the runner of ${nameOf(runner)} loads ${event ?? 'nothing'}`,
      state: { ...state, contents, runners: replaced(state, runner, own) },
      happened: { kind: 'load', conversation, loaded, recovered },
    };
  };
}

function records(runner: Having, state: TurnsState, { calls }: World): Step {
  return async () => {
    const given = `answer ${state.calls + 1}`;
    const { contents, answer: recorded } = await calls.record(state, runner, given);
    const stands = recorded.kind === 'ok' ? answerIn({ journal: { call: recorded.result } }) : undefined;
    const own: Runner[] = recorded.kind === 'ok' ? [{ ...runner, answer: stands }] : [];
    const next = { ...state, contents, calls: state.calls + 1, runners: replaced(state, runner, own) };
    const { answers } = state.talks[runner.conversation];
    const isFirst = recorded.kind === 'ok' && !answers.some(({ event }) => event === runner.event);
    const noted = isFirst ? { answers: [...answers, { event: runner.event, answer: given }] } : {};
    return {
      did: `the runner of ${nameOf(runner)} records ${given} for ${runner.event}: ${stands ?? 'stale'}`,
      state: withTalk(next, runner.conversation, noted),
      happened: { kind: 'record', runner, recorded },
    };
  };
}

function commits(
  runner: Having,
  turned: Exclude<Turned, 'calls'>,
  state: TurnsState,
  { calls, book }: World,
  how: 'heard' | 'unheard' = 'heard',
): Step {
  return async () => {
    const { contents, answer: committed } = await calls.commit(state, runner, turned);
    const { conversation, entry, event, loaded } = runner;
    const talk = state.talks[conversation];
    const { session } = book.view(state.contents)[conversation];
    const isOver = session.wait && !(turned.session.wait && turned.session.epoch === session.epoch);
    const isOk = committed.kind === 'ok';
    const next = committed.kind === 'ok' ? committed.next : undefined;
    const after: Runner[] =
      committed.kind === 'done' ? [{ entry, conversation, phase: 'read', recovered: false }] : [];
    const version = loaded.version + 1;
    const going: Runner[] = next
      ? [
          {
            ...runner,
            event: eventName(next.evt),
            loaded: { ...loaded, item: next, version, session: turned.session, lost: 0, journal: {} },
            answer: undefined,
          },
        ]
      : after;
    const own = how === 'heard' ? going : [runner];
    const noted = {
      left: talk.left + 1,
      ended: isOver ? [...talk.ended, { epoch: session.epoch, by: event }] : talk.ended,
    };
    const unheard = how === 'unheard' ? ', and does not hear of it' : '';
    const mishaps = state.mishaps + (how === 'unheard' ? 1 : 0);
    return {
      did: `the runner of ${nameOf(runner)} commits ${event}: ${committed.kind}${unheard}`,
      state: withTalk(
        { ...state, contents, mishaps, runners: replaced(state, runner, own) },
        conversation,
        isOk ? noted : {},
      ),
      happened: { kind: 'commit', runner, turned, word: committed.kind },
    };
  };
}

function setsAside(runner: Having, state: TurnsState, { calls }: World): Step {
  return async () => {
    const { contents, answer: isDone } = await calls.setAside(state, runner);
    const { conversation, entry, event } = runner;
    const { left, aside } = state.talks[conversation];
    const own: Runner[] = [{ entry, conversation, phase: 'read', recovered: false }];
    const next = { ...state, contents, runners: replaced(state, runner, own) };
    return {
      did: `the runner of ${nameOf(runner)} sets ${event} aside${isDone ? '' : ': it is not the head'}`,
      state: withTalk(next, conversation, isDone ? { left: left + 1, aside: [...aside, event] } : {}),
      happened: { kind: 'aside', runner, isDone },
    };
  };
}

function dies(runner: Runner, state: TurnsState): Step {
  const did = `the runner of ${nameOf(runner)} dies (${runner.phase})`;
  return step(did, { ...state, runners: replaced(state, runner, []), mishaps: state.mishaps + 1 });
}

const nameOf = ({ entry, conversation }: Pick<Runner, 'entry' | 'conversation'>) =>
  `${conversation} (entry ${entry})`;

function replaced({ runners }: TurnsState, runner: Runner, by: readonly Runner[]): readonly Runner[] {
  return plus(minus(runners, runner), ...by);
}
