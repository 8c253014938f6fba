import {
  ActionError,
  callOf,
  createSimulation,
  factsOf,
  resultOf,
  type Action,
  type Answer,
  type RecordedStep,
  type SimulatedContact,
  type SimulatedTurn,
  type Simulation,
  type SimulationOptions,
  type SimulationView,
} from '@alur/flow';
import type { HttpRequest, HttpResult } from '@alur/types';
import type { ChatFlows } from './load-chat-flows.ts';

export type ChatFlowSet = NonNullable<ChatFlows['flows']>;

/** A conversation at the terminal, and a record of it. */
export interface ChatSession {
  view: () => SimulationView;
  take: (action: Action) => Promise<SimulatedTurn[]>;
  advance: (seconds: number) => Promise<SimulatedTurn[]>;
  introduce: (contact: Partial<SimulatedContact>) => void;
  /** What the next `http` nodes get, in order. */
  answerNext: (answer: Answer) => void;
  /** Begins anew. */
  reset: () => void;
  replaceFlows: (flows: ChatFlowSet) => void;
  /** The turns of the last step. */
  last: () => readonly SimulatedTurn[];
  /** Where the conversation began, and all its steps. */
  recorded: () => { at: number; contact: SimulatedContact; steps: readonly RecordedStep[] };
}

/** Says what a web service answers; undefined: nothing. */
export type Ask = (call: string) => Promise<Answer | undefined>;

interface Held {
  flows: ChatFlowSet;
  simulation: Simulation;
  beginning: SimulationView;
  steps: RecordedStep[];
  last: SimulatedTurn[];
  /** Who the contact is from the next step on. */
  contact: Partial<SimulatedContact> | undefined;
  ready: Answer[];
  used: Answer[];
}

export function openSession(flows: ChatFlowSet, options: SimulationOptions, ask: Ask): ChatSession {
  const respond = async (request: HttpRequest): Promise<HttpResult> => {
    const { method, url } = callOf(request);
    const answer = held.ready.shift() ?? (await ask(`${method} ${url}`)) ?? { failed: 'no_answer' };
    held.used.push(answer);
    return resultOf(answer);
  };
  const begin = (set: ChatFlowSet): Held => {
    const simulation = createSimulation(set, { ...options, respond });
    const beginning = simulation.view();
    return {
      flows: set,
      simulation,
      beginning,
      steps: [],
      last: [],
      contact: undefined,
      ready: [],
      used: [],
    };
  };
  let held = begin(flows);
  return {
    view: () => held.simulation.view(),
    take: (action) => step(held, { action }, async () => [await held.simulation.take(action)]),
    advance: (seconds) => step(held, { advance: seconds }, () => held.simulation.advance(seconds)),
    introduce: (contact) => introduce(held, contact),
    answerNext: (answer) => held.ready.push(answer),
    reset: () => {
      held = begin(held.flows);
    },
    replaceFlows: (next) => {
      held.flows = next;
      held.simulation.replaceFlows(next);
    },
    last: () => held.last,
    recorded: () => ({ at: held.beginning.at, contact: held.beginning.contact, steps: held.steps }),
  };
}

type What = Pick<RecordedStep, 'action' | 'advance'>;

async function step(held: Held, what: What, act: () => Promise<SimulatedTurn[]>): Promise<SimulatedTurn[]> {
  const { simulation, contact } = held;
  const before = simulation.view().session.state;
  held.used = [];
  held.last = await act();
  const facts = factsOf(held.last, simulation.view());
  held.steps.push({ ...what, ...(contact && { contact }), http: held.used, before, facts });
  held.contact = undefined;
  return held.last;
}

function introduce(held: Held, contact: Partial<SimulatedContact>): void {
  held.simulation.introduce(contact);
  // Before the first step it is how the conversation begins.
  if (held.steps.length === 0) held.beginning = held.simulation.view();
  else held.contact = { ...held.contact, ...contact };
}

/** What cannot happen, in words; undefined for anything else that was thrown. */
export function impossible(error: unknown): string | undefined {
  if (!(error instanceof ActionError)) return undefined;
  return error.fix === undefined ? error.message : `${error.message}: ${error.fix}`;
}
