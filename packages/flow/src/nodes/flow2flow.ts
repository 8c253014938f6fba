import { JsonObject } from '@alur/types';
import { z } from 'zod';
import { asObject } from '../json-object.ts';
import { FlowName } from '../load/flow-schema.ts';
import { defineNode } from './define-node.ts';

const Flow2flowConfig = z.strictObject({
  target_flow: FlowName,
  input: JsonObject.optional(),
  wait_for_completion: z.boolean().optional(),
});
type Flow2flowConfig = z.infer<typeof Flow2flowConfig>;

/** Runs another flow of the bundle from its first node, and comes back; what that flow's nodes put out is the result. */
export const flow2flow = defineNode<Flow2flowConfig>({
  type: 'flow2flow',
  doc: 'Runs another flow and comes back with its outputs; with `wait_for_completion: false` the other flow takes over for good.',
  example: { config: { target_flow: 'ask_address', input: { order_id: '{{order_id}}' } } },
  config: Flow2flowConfig,
  declares: ({ input, wait_for_completion: returns = true }) => ({
    passes: Object.keys(input ?? {}),
    leaves: returns ? undefined : 'elsewhere',
  }),
  targets: ({ target_flow, wait_for_completion = true }) => [
    { target: target_flow, path: ['target_flow'], kind: 'call', returns: wait_for_completion },
  ],
  compile: ({ target_flow: flow, input = {}, wait_for_completion: returns = true }, compiler) => {
    const tree = compiler.data(input, ['input']);
    return ({ scope }) => ({
      call: { flow, input: asObject(tree.render(scope)), returns },
      note: `flow ${flow}`,
    });
  },
});
