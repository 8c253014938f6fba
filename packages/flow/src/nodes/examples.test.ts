import { describe, expect, test } from '@jest/globals';
import { loadFlows, turn } from '../index.ts';
import { aSnapshot, tap } from '../testing/conversation.ts';
import { NODE_TYPES } from './index.ts';

// A node type is right only with an example that loads and runs: documentation shows it.

const OTHERS = ['show_help', 'unknown', 'ask_address'];

function flowWith(type: string, config: unknown): { path: string; text: string } {
  const flow = {
    name: 'example',
    version: '1.0',
    input: ['order_id'],
    nodes: [
      { id: 'keep', type: 'state', config: { action: 'set', key: 'visits', value: 1 }, next: 'node' },
      { id: 'node', type, config, next: 'show_help' },
      ...OTHERS.map((id) => ({ id, type: 'reply', config: { message: id } })),
    ],
    triggers: [{ type: 'message', target: 'keep' }],
  };
  return { path: 'example.ygtc', text: JSON.stringify(flow) };
}

const CHILD = {
  path: 'ask_address.ygtc',
  text: JSON.stringify({
    name: 'ask_address',
    version: '1.0',
    input: ['order_id'],
    nodes: [{ id: 'only', type: 'reply', config: { message: 'Where?' } }],
    triggers: [{ type: 'keyword', words: ['address'], target: 'only' }],
  }),
};

describe('NODE_TYPES', () => {
  test.each([...NODE_TYPES.values()])('$type has an example that loads and runs', ({ type, example }) => {
    const { flows, findings } = loadFlows([flowWith(type, example.config), CHILD]);
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    if (!flows) throw new Error('the example does not load');
    const event = tap('help', 'Help');
    const first = turn(flows, aSnapshot(), event);
    const answer = { kind: 'answer', status: 200, headers: {}, body: null, ms: 1 } as const;
    const journal = first.kind === 'needs' ? { [first.request.key]: answer } : {};
    const result = turn(flows, aSnapshot(), event, { journal });
    const outcome =
      type === 'error' ? 'failed' : type === 'wait' || type === 'handoff' ? 'waiting' : 'completed';
    expect(result).toMatchObject({ kind: 'done', outcome });
    expect(result.kind === 'done' && result.trace.map(({ type: each }) => each)).toContain(type);
  });
});
