import { SLACK_MS } from './configuration.ts';
import type { Name } from './scenario.ts';
import { minus, plus, tagOf, type Sender, type State } from './state.ts';
import { mergesAndSettles } from './merge.ts';
import { may, step, withJobs, type Step, type World } from './step.ts';

// A sender, as `deliver-message` is one: takes a reminder, claims, adds jobs for what was let go, looks at its lease, POSTs,
// records what came of it, adds jobs again, ends the reminder. Two of them; which is which makes no difference.

const SENDERS = 2;
// A sender may ask again later than it is told. Where it is told a moment, it does, so that there are fewer states.
const SOON_MS = 1_000;
const LATER_MS = 5_000;

export function senderSteps(state: State, world: World): Step[] {
  const steps = state.senders.flatMap((sender) => ownSteps(sender, state, world));
  if (may('sender dies', state, world)) {
    steps.push(...state.senders.map((sender) => dies(sender, state)));
    steps.push(...state.hand.map((held) => forgets(held, state)));
  }
  if (state.senders.length === SENDERS) return steps;
  const jobs = [...new Set(state.jobs)].map((name) => ({
    name,
    rest: { ...state, jobs: minus(state.jobs, name) },
  }));
  const due = state.hand.filter(({ ms }) => ms <= 0);
  const held = due.map((item) => ({ name: item.name, rest: { ...state, hand: minus(state.hand, item) } }));
  return [...steps, ...[...jobs, ...held].map(({ name, rest }) => claims(name, rest, world))];
}

function ownSteps(sender: Sender, state: State, world: World): Step[] {
  switch (sender.phase) {
    case 'claimed':
      return [sender.jobs.length > 0 ? addsJobs(sender, state) : posts(sender, state, world)];
    case 'posted':
      return may('no answer', state, world) ? [hearsNothing(sender, state)] : [];
    case 'answered':
      return finishes(sender, state, world);
    case 'ending':
      return [sender.jobs.length > 0 ? addsJobs(sender, state) : mergesEarly(sender, state, world)];
  }
}

// A message that there is room for in a moment is kept in memory, and its job is done.
function claims(name: Name, state: State, { calls }: World): Step {
  return async () => {
    const { contents, word, attempt, jobs, ms } = await calls.claim(state.contents, name);
    const next = { ...state, contents };
    const happened = { kind: 'claim', name, word, attempt } as const;
    if (word === 'wait') {
      const did = `a sender claims ${name}: room in ${ms} ms`;
      return {
        did,
        state: { ...next, hand: plus(state.hand, { name, ms: ms < SOON_MS ? LATER_MS : ms }) },
        happened,
      };
    }
    const did = `a sender claims ${name}: ${word}${word === 'go' ? `, attempt ${attempt}` : ''}`;
    const ending: Sender[] = jobs.length > 0 ? [{ phase: 'ending', name, jobs, early: [] }] : [];
    const own: Sender[] = word === 'go' ? [{ phase: 'claimed', name, attempt, ageMs: 0, jobs }] : ending;
    return { did, state: { ...next, senders: plus(state.senders, ...own) }, happened };
  };
}

type With<Phase extends Sender['phase']> = Extract<Sender, { phase: Phase }>;

function addsJobs(sender: With<'claimed' | 'ending'>, state: State): Step {
  const others = minus(state.senders, sender);
  const isDone = sender.phase === 'ending' && sender.early.length === 0;
  const senders = isDone ? others : plus<Sender>(others, { ...sender, jobs: [] });
  const did = `the sender of ${sender.name} adds jobs: ${sender.jobs.join(', ')}`;
  return step(did, withJobs({ ...state, senders }, sender.jobs));
}

// Between the look at the lease and the first byte nothing can happen, as far as the model goes.
function posts(sender: With<'claimed'>, state: State, { configuration }: World): Step {
  const { name, attempt, ageMs } = sender;
  const others = minus(state.senders, sender);
  if (ageMs >= SLACK_MS) {
    const answered: Sender = { phase: 'answered', name, attempt, ageMs, writtenMs: -1, answer: 'too late' };
    return step(`the sender of ${name} finds its lease too old`, {
      ...state,
      senders: plus(others, answered),
    });
  }
  const tag = tagOf(sender);
  const next = {
    ...state,
    senders: plus<Sender>(others, { phase: 'posted', name, attempt, ageMs, writtenMs: ageMs }),
    wrote: configuration.limits?.throughput === undefined ? [] : plus(state.wrote, 0),
    posts: plus(state.posts, tag),
    posted: plus(state.posted, tag),
  };
  return step(`the sender of ${name} POSTs ${tag}`, next, { kind: 'post', name, attempt });
}

// An answer that is lost is a time-out before Graph looked: nobody can tell one from the other.
function hearsNothing(sender: With<'posted'>, state: State): Step {
  const { name } = sender;
  const answered: Sender = { ...sender, phase: 'answered', answer: 'unknown' };
  const senders = plus(minus(state.senders, sender), answered);
  return step(`the sender of ${name} gets no answer`, { ...state, senders, mishaps: state.mishaps + 1 });
}

function finishes(sender: With<'answered'>, state: State, world: World): Step[] {
  const { name, attempt, answer } = sender;
  const finish = async (isHeard: boolean) => {
    const { contents, word, jobs, early } = await world.calls.finish(state.contents, sender);
    const others = minus(state.senders, sender);
    const isDone = jobs.length + early.length === 0;
    const after = isDone ? others : plus<Sender>(others, { phase: 'ending', name, jobs, early });
    return {
      did: `the sender of ${name} finishes attempt ${attempt} (${answer}): ${isHeard ? word : 'done, but unheard'}`,
      state: {
        ...state,
        contents,
        senders: isHeard ? after : state.senders,
        mishaps: state.mishaps + (isHeard ? 0 : 1),
      },
      happened: { kind: 'finish', name, attempt } as const,
    };
  };
  const steps = [() => finish(true)];
  return may('finish repeated', state, world) ? [...steps, () => finish(false)] : steps;
}

/** Statuses that came before anybody knew whose wamid they name. */
function mergesEarly(sender: With<'ending'>, state: State, world: World): Step {
  const [receipt] = sender.early;
  if (receipt === undefined) throw new Error('a sender ends with nothing to do');
  const early = minus(sender.early, receipt);
  const others = minus(state.senders, sender);
  const senders = early.length > 0 ? plus<Sender>(others, { ...sender, early }) : others;
  return mergesAndSettles(receipt, { ...state, senders }, world);
}

// Its memory is gone; the job that it held is there for another.
function dies(sender: Sender, state: State): Step {
  const without = { ...state, senders: minus(state.senders, sender), mishaps: state.mishaps + 1 };
  return step(`the sender of ${sender.name} dies (${sender.phase})`, withJobs(without, [sender.name]));
}

// What a sender kept in memory has no job: the sweeper finds it.
function forgets(held: State['hand'][number], state: State): Step {
  const next = { ...state, hand: minus(state.hand, held), mishaps: state.mishaps + 1 };
  return step(`the sender that keeps ${held.name} in hand dies`, next);
}
