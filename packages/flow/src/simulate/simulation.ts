import {
  ConversationId,
  EMPTY_SESSION,
  hash,
  InboundEvent,
  timerEventId,
  type WaitingRun,
} from '@alur/types';
import { type FlowSet } from '../run/flow-set.ts';
import { type Action } from './action.ts';
import { ActionError } from './action-error.ts';
import { buildEvent } from './build-event.ts';
import { isWindowOpen } from './deliver.ts';
import {
  type SimulatedContact,
  type SimulatedTurn,
  type SimulationOptions,
  type SimulationView,
} from './simulated.ts';
import { startAt } from './start-at.ts';
import { placeOf, senderOf, takeEvent, type Held } from './take-event.ts';

// One conversation, held in memory, with a clock of its own. It keeps of a conversation what the services keep, by the
// same rules, so that a flow does here what it does there. The same actions come to the same ids.

export interface Simulation {
  view: () => SimulationView;
  /** Lets something happen now. Throws `ActionError` for what cannot. */
  take: (action: Action) => Promise<SimulatedTurn>;
  /** Moves the clock; a wait whose time comes goes on at exactly that time. */
  advance: (seconds: number) => Promise<SimulatedTurn[]>;
  /** What is known of the contact from now on. */
  introduce: (contact: Partial<SimulatedContact>) => void;
  /** Goes on with other flows; a run that waits ends in those that it began in. */
  replaceFlows: (flows: FlowSet) => void;
}

/** Monday, 5 January 2026, nine in UTC. */
export const DEFAULT_AT = 1_767_603_600;
const CONTACT: SimulatedContact = { waId: '6281234567890', name: 'Sari', tags: [] };
const TIMERS_MAX = 1_000;

/** Begins a conversation. */
export function createSimulation(flows: FlowSet, options: SimulationOptions = {}): Simulation {
  const held: Held = {
    flows,
    earlier: new Map(),
    at: options.at ?? DEFAULT_AT,
    contact: { ...CONTACT, ...options.contact },
    session: { ...EMPTY_SESSION, state: options.state ?? {} },
    optedOut: options.optedOut,
    lastMessageTime: options.lastMessageTime ?? 0,
    count: 0,
    sent: 0,
    choices: [],
    offered: [],
    newest: { out: undefined, in: undefined },
  };
  return {
    view: () => viewOf(held),
    take: (action) => take(held, options, action),
    advance: (seconds) => advance(held, options, seconds),
    introduce: (contact) => {
      held.contact = { ...held.contact, ...contact };
    },
    replaceFlows: (next) => {
      held.earlier.set(held.flows.hash, held.flows);
      held.flows = next;
    },
  };
}

function viewOf(held: Held): SimulationView {
  const { at, contact, session, optedOut, choices } = held;
  return { at, contact, session, optedOut, choices, isWindowOpen: isWindowOpen(held) };
}

async function take(held: Held, options: SimulationOptions, action: Action): Promise<SimulatedTurn> {
  const { flows, at, count, offered, newest } = held;
  const event = buildEvent(action, {
    ...placeOf(options),
    flows,
    at,
    from: senderOf(held),
    count,
    offered,
    newest,
  });
  if (event.kind === 'schedule') requireTag(held, event.schedule);
  const set = action.start === undefined ? flows : startAt(flows, action.start);
  return takeEvent(held, options, event, set);
}

function requireTag({ flows, contact }: Held, id: string): void {
  const tag = flows.schedules.find((schedule) => schedule.id === id)?.tag;
  if (tag !== undefined && contact.tags.includes(tag)) return;
  throw new ActionError(
    `The contact does not carry the tag "${tag ?? ''}", and the schedule is for those who do`,
    `give the contact the tag first: \`/who tags=${tag ?? ''}\` in a chat, \`contact: { tags: [${tag ?? ''}] }\` in a test`,
  );
}

async function advance(held: Held, options: SimulationOptions, seconds: number): Promise<SimulatedTurn[]> {
  const end = held.at + seconds;
  const turns: SimulatedTurn[] = [];
  for (;;) {
    const { wait, epoch } = held.session;
    if (wait?.until === undefined || wait.until > end) break;
    if (turns.length >= TIMERS_MAX) throw new ActionError(`More than ${TIMERS_MAX} waits end in this time`);
    held.at = Math.max(held.at, wait.until);
    turns.push(await takeEvent(held, options, timerEvent(held, options, wait, epoch), held.flows));
  }
  held.at = end;
  return turns;
}

function timerEvent(held: Held, options: SimulationOptions, wait: WaitingRun, epoch: number): InboundEvent {
  const { at } = held;
  const place = placeOf(options);
  const cid = ConversationId.parse(hash('simulated', place.number));
  const evt = timerEventId(cid, wait.node, epoch);
  return InboundEvent.parse({
    ...place,
    kind: 'timer',
    evt,
    epoch,
    at,
    receivedAtMs: at * 1000,
    from: senderOf(held),
  });
}
