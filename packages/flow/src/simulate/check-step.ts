import { type Json, type JsonObject, type WaitingRun } from '@alur/types';
import { deliveryView } from './message-view.ts';
import { matches } from './matches.ts';
import { type SimulatedTurn, type SimulationView } from './simulated.ts';
import { type Step } from './test-file.ts';

/** A part of a step that came to something else. */
export interface Mismatch {
  /** The step's key. */
  key: string;
  expected: Json;
  got: Json;
  message?: string;
}

/** What a step came to, in the words of a test. */
export interface StepFacts {
  out: JsonObject[];
  state: JsonObject;
  tags: string[];
  events: { type: string; payload: Json }[];
  logs: string[];
  outcome: string | null;
  failure: string | null;
  opted_out: string | false;
  waits: string | false;
}

export function factsOf(
  turns: readonly SimulatedTurn[],
  { session, contact, optedOut }: SimulationView,
): StepFacts {
  const effects = turns.flatMap(({ result }) => result.effects);
  const last = turns.at(-1)?.result;
  return {
    out: turns.flatMap(({ deliveries }) => deliveries.map(deliveryView)),
    state: session.state,
    tags: [...contact.tags],
    events: effects.flatMap((effect) =>
      effect.kind === 'event' ? [{ type: effect.eventType, payload: effect.payload }] : [],
    ),
    logs: effects.flatMap((effect) => (effect.kind === 'log' ? [effect.message] : [])),
    outcome: last?.outcome ?? null,
    failure: last?.failure?.code ?? null,
    opted_out: optedOut ?? false,
    waits: session.wait ? placeOf(session.wait) : false,
  };
}

function placeOf({ flow, node }: WaitingRun): string {
  return `${flow}/${node}`;
}

/** Every key of a step that came to something else. */
export function checkStep(step: Step, facts: StepFacts): Mismatch[] {
  const { state, waits } = step;
  const seen = state && Object.fromEntries(Object.keys(state).map((key) => [key, facts.state[key] ?? null]));
  const isThere =
    waits === undefined || waits === facts.waits || String(facts.waits).endsWith(`/${String(waits)}`);
  return [
    ...(step.out && !matchesAll(step.out, facts.out)
      ? [{ key: 'out', expected: plain(step.out), got: facts.out }]
      : []),
    ...(state && seen && !matches(state, seen) ? [{ key: 'state', expected: state, got: seen }] : []),
    ...compare('tags', step.tags && sorted(step.tags), sorted(facts.tags)),
    ...compare('events', step.events && plain(step.events), facts.events),
    ...compare('logs', step.logs && plain(step.logs), facts.logs),
    ...compare('outcome', step.outcome, facts.outcome),
    ...compare('failure', step.failure, facts.failure),
    ...compare('opted_out', step.opted_out, facts.opted_out),
    ...(isThere ? [] : [{ key: 'waits', expected: waits, got: facts.waits }]),
  ];
}

/** Whether a message is what a test expects. One that does not go is only expected where the test says so. */
export function matchesMessage(expected: JsonObject, got: JsonObject): boolean {
  const { match, ...rest } = expected;
  const wanted = match === undefined ? rest : { ...rest, text: { match } };
  const { refused = null, skipped = null } = got;
  return (
    (expected['refused'] ?? null) === refused &&
    (expected['skipped'] ?? null) === skipped &&
    matches(wanted, got)
  );
}

function matchesAll(expected: readonly Given[], got: readonly JsonObject[]): boolean {
  const wanted = expected.map(plainMap);
  return (
    wanted.length === got.length && wanted.every((each, index) => matchesMessage(each, got[index] ?? {}))
  );
}

function compare(key: string, expected: Json | undefined, got: Json): Mismatch[] {
  return expected === undefined || matches(expected, got) ? [] : [{ key, expected, got }];
}

/** Without what is not given. */
export function plainMap(value: Given): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === undefined ? [] : [[key, each]])),
  );
}

/** A map of which keys may be there without a value. */
type Given = Readonly<Record<string, Json | undefined>>;

function plain(list: readonly (Given | string)[]): Json[] {
  return list.map((each) => (typeof each === 'string' ? each : plainMap(each)));
}

function sorted(words: readonly string[]): string[] {
  return [...words].sort();
}
