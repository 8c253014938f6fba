import { readdirSync, readFileSync } from 'node:fs';
import {
  InboundEvent,
  Snapshot,
  eventId,
  type JsonObject,
  type MessageEffect,
  type OutboundMessage,
  type TurnDone,
} from '@alur/types';
import { loadFlows, turn, type FlowSet, type FlowSource, type TurnOptions } from '../index.ts';

const FLOWS = new URL('../../../../flows/', import.meta.url);

/** The example flows of a folder under `flows/`. */
export function exampleFlows(folder: string): FlowSource[] {
  const directory = new URL(`${folder}/`, FLOWS);
  return readdirSync(directory)
    .filter((name) => name.endsWith('.ygtc'))
    .map((name) => ({
      path: `flows/${folder}/${name}`,
      text: readFileSync(new URL(name, directory), 'utf8'),
    }));
}

export function fixture(name: string): FlowSource {
  return { path: name, text: readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8') };
}

/** Loads flows that must be right. */
export function loaded(sources: readonly FlowSource[], options?: { strict?: boolean }): FlowSet {
  const { flows, findings } = loadFlows(sources, options);
  if (!flows) throw new Error(`The flows have errors: ${JSON.stringify(findings, null, 2)}`);
  return flows;
}

/** A flow of the given nodes (YAML, as a list) that any text starts at its first node. */
export function flowOf(nodes: string, extra = ''): FlowSource {
  const first = /id: *([\w-]+)/.exec(nodes)?.[1] ?? 'missing';
  const text = `name: test\nversion: "1.0"\n${extra}nodes:\n${nodes.trim().replace(/^/gm, '  ')}\ntriggers:\n  - {type: message, target: ${first}}\n`;
  return { path: 'test.ygtc', text };
}

export const AT = 1_700_000_000;
const NUMBER = '106540352242922';

export function textEvent(text: string, more: JsonObject = {}): InboundEvent {
  return anEvent({ kind: 'text', text, ...more });
}

export function tap(id: string, title = 'A title'): InboundEvent {
  return anEvent({ kind: 'interactive', source: 'button', id, title });
}

export function anEvent(fields: JsonObject): InboundEvent {
  return InboundEvent.parse({
    evt: eventId(NUMBER, 'text', JSON.stringify(fields)),
    tenant: 'default',
    team: 'default',
    number: NUMBER,
    wamid: 'wamid.IN',
    at: AT,
    receivedAtMs: AT * 1000,
    from: { waId: '6281234567890', name: 'Sari' },
    ...fields,
  });
}

export function aSnapshot(state: JsonObject = {}, more: JsonObject = {}): Snapshot {
  return Snapshot.parse({
    tenant: 'default',
    team: 'default',
    number: NUMBER,
    contact: { waId: '6281234567890', name: 'Sari', tags: ['vip'], optedOut: false },
    lastMessageTime: AT,
    limits: { tier: '1', remaining: 1000 },
    session: { state },
    ...more,
  });
}

/** A turn that calls no web service. */
export function takeTurn(
  flows: FlowSet,
  snapshot: Snapshot,
  event: InboundEvent,
  options?: TurnOptions,
): TurnDone {
  const result = turn(flows, snapshot, event, options);
  if (result.kind === 'done') return result;
  throw new Error(`The turn needs an answer: ${result.request.node}`);
}

/** The effects that send something. */
export function sendsOf({ effects }: TurnDone): MessageEffect[] {
  return effects.filter((effect) => effect.kind === 'message');
}

export function messagesOf(result: TurnDone): OutboundMessage[] {
  return sendsOf(result).map(({ message }) => message);
}

/** What the flows say to a text, as plain texts. */
export function answer(flows: FlowSet, text: string, state: JsonObject = {}): string[] {
  return messagesOf(takeTurn(flows, aSnapshot(state), textEvent(text))).map((message) =>
    message.kind === 'text' ? message.text : message.kind,
  );
}
