import { checkFragment, loadFlows, type FlowSet } from '@alur/flow';
import type { JsonObject, OutboundMessage } from '@alur/types';
import { describe, expect, test } from '@jest/globals';
import {
  aSnapshot,
  messagesOf,
  takeTurn,
  tap,
  textEvent,
} from '../../packages/flow/src/testing/conversation.ts';
import { documents, fencesOf, read } from './markdown.ts';

const blocks = (info: string) =>
  documents().flatMap((document) =>
    fencesOf(read(document))
      .filter((fence) => fence.info === info)
      .map(({ text }, index) => ({ label: `${document}, block ${index + 1}`, text })),
  );

describe('flows in the documents', () => {
  test.each(blocks('yaml flow'))('$label loads without a finding', ({ label, text }) => {
    expect(loadFlows([{ path: label, text }]).findings).toEqual([]);
  });

  test.each(blocks('yaml nodes'))('$label is a list of nodes without a finding', ({ label, text }) => {
    expect(checkFragment({ path: label, text })).toEqual([]);
  });

  test('the example of README.md has the conversation that stands below it', () => {
    const fences = fencesOf(read('README.md'));
    const { flows } = loadFlows([
      { path: 'README.md', text: fences.find(({ info }) => info === 'yaml flow')?.text ?? '' },
    ]);
    const lines = (fences.find(({ info }) => info === 'text conversation')?.text ?? '').trim().split('\n');
    expect(flows).toBeDefined();
    expect(lines.length).toBeGreaterThanOrEqual(4);
    if (flows) expect(replay(flows, lines)).toEqual(lines);
  });
});

/** The conversation again: what the contact says as it stands, and what the flows answer to it. */
function replay(flows: FlowSet, lines: readonly string[]): string[] {
  let state: JsonObject = {};
  let buttons: { id: string; title: string }[] = [];
  return lines.flatMap((line) => {
    const said = /^Sari: {2}(.+)$/.exec(line)?.[1];
    if (said === undefined) return [];
    const tapped = buttons.find(({ title }) => said === `[${title}]`);
    const event = tapped ? tap(tapped.id, tapped.title) : textEvent(said);
    const result = takeTurn(flows, aSnapshot(state), event);
    state = result.session.state;
    return [
      line,
      ...messagesOf(result).map((message) => {
        buttons = buttonsOf(message);
        const offered = buttons.map(({ title }) => `  [${title}]`).join('');
        return `Bot:   ${textOf(message)}${offered}`;
      }),
    ];
  });
}

function textOf(message: OutboundMessage): string {
  if (message.kind === 'text') return message.text;
  return message.kind === 'interactive' && message.interactive.type === 'button'
    ? message.interactive.body.text
    : message.kind;
}

function buttonsOf(message: OutboundMessage): { id: string; title: string }[] {
  if (message.kind !== 'interactive' || message.interactive.type !== 'button') return [];
  return message.interactive.action.buttons.map(({ reply }) => reply);
}
