import { LEASE_MS, SLACK_MS } from './configuration.ts';
import { plus, type Sender, type State } from './state.ts';
import { may, type Step, type World } from './step.ts';

const SECOND_MS = 1_000;

/** Time goes on to the next instant at which something becomes due. A sender that is not done in its time was stopped. */
export function clockSteps(state: State, world: World): Step[] {
  const held = state.hand.map((item) => item.ms).filter((ms) => ms > 0);
  const ms = Math.min(...world.book.view(state.contents).instants, ...held);
  if (ms === Infinity) return [];
  const isLate = state.senders.some((sender) => sender.phase !== 'ending' && isPast(sender, ms));
  if (isLate && !may('sender stops', state, world)) return [];
  const aged = (sender: Sender): Sender =>
    sender.phase === 'ending' ? sender : { ...sender, ageMs: Math.min(timeOf(sender), sender.ageMs + ms) };
  const did = `${ms / 1000} s pass${isLate ? ', and a sender stands still' : ''}`;
  const senders = plus([], ...state.senders.map(aged));
  const hand = plus([], ...state.hand.map((item) => ({ ...item, ms: Math.max(0, item.ms - ms) })));
  const wrote = state.wrote.map((ago) => ago + ms).filter((ago) => ago < SECOND_MS);
  const mishaps = state.mishaps + (isLate ? 1 : 0);
  return [
    () => {
      const contents = world.book.later(state.contents, ms);
      return Promise.resolve({
        did,
        state: { ...state, contents, senders, hand, wrote, mishaps },
        happened: { kind: 'else' },
      });
    },
  ];
}

type AtWork = Exclude<Sender, { phase: 'ending' }>;

/** How long a sender takes at most, from the claim to the first byte and to the end. */
function timeOf({ phase }: AtWork): number {
  return phase === 'claimed' ? SLACK_MS : LEASE_MS;
}

function isPast(sender: AtWork, ms: number): boolean {
  const most = timeOf(sender);
  return sender.ageMs < most && sender.ageMs + ms >= most;
}
