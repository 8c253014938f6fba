import {
  partsOf,
  tagOf,
  minus,
  plus,
  type Answer,
  type Receipt,
  type ReceiptKind,
  type Sender,
  type State,
  type Tag,
} from './state.ts';
import { may, step, type Step, type World } from './step.ts';

// Graph looks at a POST whenever it likes, also long after the sender gave up on it.

export function graphSteps(state: State, world: World): Step[] {
  const asking = state.senders.flatMap((sender) => (sender.phase === 'posted' ? [sender] : []));
  return state.posts.flatMap((tag) => {
    const waiting = asking.find((sender) => tagOf(sender) === tag);
    const never = { ...state, posts: minus(state.posts, tag) };
    return [
      takes(tag, waiting, state, world),
      ...takesToFail(tag, waiting, state, world),
      ...(waiting ? saysNo(tag, waiting, state, world) : [step(`${tag} never arrives at Graph`, never)]),
    ];
  });
}

type Waiting = Extract<Sender, { phase: 'posted' }>;

function takes(tag: Tag, waiting: Waiting | undefined, state: State, { configuration }: World): Step {
  return step(`Graph takes ${tag}`, accepted(tag, waiting, state, configuration.statuses));
}

function takesToFail(tag: Tag, waiting: Waiting | undefined, state: State, world: World): Step[] {
  const { statuses } = world.configuration;
  const undelivered = statuses.filter((kind) => kind !== 'delivered');
  const reports: ReceiptKind[][] = [
    ...(may('failed later', state, world) ? [[...undelivered, 'failed'] satisfies ReceiptKind[]] : []),
    ...(may('failed too', state, world) ? [[...statuses, 'failed'] satisfies ReceiptKind[]] : []),
  ];
  return reports.map((kinds) => {
    const next = accepted(tag, waiting, state, kinds);
    const failed = plus(state.failed, tag);
    const did = `Graph takes ${tag} and will report ${kinds.join(', ')}`;
    return step(did, { ...next, failed, mishaps: state.mishaps + 1 });
  });
}

function accepted(
  tag: Tag,
  waiting: Waiting | undefined,
  state: State,
  kinds: readonly ReceiptKind[],
): State {
  const receipts = kinds.map((kind): Receipt => ({ ...partsOf(tag), kind }));
  return {
    ...answered('sent', tag, waiting, state),
    accepted: plus(state.accepted, tag),
    receipts: plus(state.receipts, ...receipts),
  };
}

function saysNo(tag: Tag, waiting: Waiting, state: State, world: World): Step[] {
  const answers = (['refused', 'rejected', 'limited'] as const).filter((answer) => may(answer, state, world));
  return answers.map((answer) => {
    const next = answered(answer, tag, waiting, state);
    return step(`Graph says no to ${tag}: ${answer}`, { ...next, mishaps: state.mishaps + 1 });
  });
}

function answered(answer: Answer, tag: Tag, waiting: Waiting | undefined, state: State): State {
  const posts = minus(state.posts, tag);
  if (!waiting) return { ...state, posts };
  const senders = plus<Sender>(minus(state.senders, waiting), { ...waiting, phase: 'answered', answer });
  return { ...state, posts, senders };
}
