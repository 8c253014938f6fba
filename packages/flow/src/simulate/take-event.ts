import {
  type InboundEvent,
  isMessage,
  NumberId,
  type HttpResult,
  type Journal,
  type OptOutScope,
  type Session,
  type Snapshot,
  type TurnDone,
  type WaitingRun,
} from '@alur/types';
import { type FlowSet } from '../run/flow-set.ts';
import { changedTags } from '../run/progress.ts';
import { turn } from '../turn.ts';
import { choicesOf, type Choice } from './choices.ts';
import { deliver, type Delivery } from './deliver.ts';
import {
  type SimulatedCall,
  type SimulatedContact,
  type SimulatedTurn,
  type SimulationOptions,
} from './simulated.ts';

/** What is known of a conversation between two events. */
export interface Held {
  flows: FlowSet;
  /** Sets that were replaced, by hash. */
  earlier: Map<string, FlowSet>;
  at: number;
  contact: SimulatedContact;
  session: Session;
  optedOut: OptOutScope | undefined;
  lastMessageTime: number;
  count: number;
  sent: number;
  choices: Choice[];
  offered: Choice[];
  newest: { out: string | undefined; in: string | undefined };
}

/** One event through the flows, with the answers that they ask for. */
export async function takeEvent(
  held: Held,
  options: SimulationOptions,
  event: InboundEvent,
  flows: FlowSet,
): Promise<SimulatedTurn> {
  held.count += 1;
  if ('wamid' in event) held.newest = { ...held.newest, in: isMessage(event) ? event.wamid : held.newest.in };
  if (isMessage(event)) held.lastMessageTime = Math.max(held.lastMessageTime, event.at);
  const { wait } = held.session;
  const { result, calls } = await answered(held, options, event, flows);
  held.session = result.session;
  applyChanges(held, result);
  const resumed = wait && isResumed(wait, event, result) ? wait : undefined;
  const started = resumed || result.trace.length === 0 ? undefined : startedBy(flows, event, result);
  const deliveries = deliverAll(held, result);
  if (deliveries.length > 0 || isMessage(event)) held.choices = deliveries.flatMap(offeredBy);
  held.offered = [...deliveries.flatMap(offeredBy), ...held.offered];
  return {
    at: held.at,
    event,
    result,
    deliveries,
    calls,
    ...(resumed && { resumed }),
    ...(started && { started }),
  };
}

function startedBy({ triggers }: FlowSet, event: InboundEvent, { flow }: TurnDone): SimulatedTurn['started'] {
  const trigger = flow === undefined ? undefined : triggers.find(({ accepts }) => accepts(event));
  return trigger && { flow: trigger.flow, label: trigger.label };
}

function isResumed(wait: WaitingRun, event: InboundEvent, { trace: [first] }: TurnDone): boolean {
  const isForWait = event.kind === 'timer' || event.kind === 'release' || isMessage(event);
  return isForWait && first?.flow === wait.flow && first.node === wait.node;
}

function offeredBy({ kind, message }: Delivery): Choice[] {
  return kind === 'sent' ? choicesOf(message) : [];
}

/** The turn, with the answers of the web services that it asks for. */
async function answered(
  held: Held,
  { optOut, fallbackMessage, templates, respond, ...options }: SimulationOptions,
  event: InboundEvent,
  flows: FlowSet,
): Promise<{ result: TurnDone; calls: SimulatedCall[] }> {
  const snapshot = snapshotOf(held, options);
  const pinned = held.earlier.get(held.session.wait?.flows ?? '');
  const calls: SimulatedCall[] = [];
  let journal: Journal = {};
  for (;;) {
    const result = turn(flows, snapshot, event, { journal, pinned, optOut, fallbackMessage, templates });
    if (result.kind === 'done') return { result, calls };
    const { request } = result;
    const answer = (await respond?.(request)) ?? NO_ANSWER;
    calls.push({ request, result: answer });
    journal = { ...journal, [request.key]: answer };
  }
}

const NO_ANSWER: HttpResult = { kind: 'failed', code: 'no_answer', message: 'nobody answers here', ms: 1 };

function snapshotOf(
  { contact, optedOut, lastMessageTime, session }: Held,
  options: SimulationOptions,
): Snapshot {
  const { waId, userId, name, language, tags } = contact;
  const { tier, remaining } = options.limits ?? { tier: '1' as const, remaining: 1_000 };
  const { number, ...place } = placeOf(options);
  return {
    ...place,
    number: NumberId.parse(number),
    contact: {
      ...(waId !== undefined && { waId }),
      ...(userId !== undefined && { userId }),
      ...(name !== undefined && { name }),
      ...(language !== undefined && { language }),
      tags: [...tags],
      optedOut: optedOut !== undefined,
    },
    lastMessageTime,
    limits: { tier, ...(remaining !== undefined && { remaining }) },
    session,
  };
}

/** Tags and wishes count before any message of the turn goes. */
function applyChanges(held: Held, { effects }: TurnDone): void {
  for (const effect of effects) {
    if (effect.kind === 'tag')
      held.contact = { ...held.contact, tags: changedTags(held.contact.tags, effect) };
    if (effect.kind !== 'opt_out') continue;
    const { change, scope } = effect;
    if (change === 'out' && held.optedOut !== 'all') held.optedOut = scope;
    // Whoever takes back the wish about marketing alone has said nothing about the rest.
    if (change === 'in' && (scope === 'all' || held.optedOut === scope)) held.optedOut = undefined;
  }
}

function deliverAll(held: Held, { effects }: TurnDone): Delivery[] {
  return effects.flatMap((effect): Delivery[] => {
    if (effect.kind !== 'message') return [];
    const delivery = deliver(effect, held);
    if (delivery.kind !== 'sent') return [delivery];
    held.sent += 1;
    const wamid = `wamid.out.${held.sent}`;
    // Nobody reacts to a reaction.
    if (delivery.message.kind !== 'reaction') held.newest = { ...held.newest, out: wamid };
    return [{ ...delivery, wamid }];
  });
}

const NUMBER = '106540352242922';

export function placeOf({ tenant = 'default', team = 'default', number = NUMBER }: SimulationOptions) {
  return { tenant, team, number };
}

export function senderOf({ contact: { waId, userId, name, username } }: Held): InboundEvent['from'] {
  return {
    ...(waId !== undefined && { waId }),
    ...(userId !== undefined && { userId }),
    ...(username !== undefined && { username }),
    ...(name !== undefined && { name }),
  };
}
