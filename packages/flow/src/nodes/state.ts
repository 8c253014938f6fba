import { Json } from '@alur/types';
import { z } from 'zod';
import { OutputName } from '../load/flow-schema.ts';
import { defineNode, NodeFailure } from './define-node.ts';

const Key = z.string().min(1).max(200);

const StateConfig = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('get'), key: Key, output: OutputName.optional() }),
  z.strictObject({ action: z.literal('set'), key: Key, value: Json, output: OutputName.optional() }),
  z.strictObject({ action: z.literal('delete'), key: Key }),
]);
type StateConfig = z.infer<typeof StateConfig>;

const NAME = /^[A-Za-z_]\w{0,99}$/;

/** Reads or writes what the conversation remembers. */
export const state = defineNode<StateConfig>({
  type: 'state',
  doc: 'Reads (`get`), writes (`set`) or removes (`delete`) a key of the session state.',
  example: { config: { action: 'set', key: 'colour', value: '{{button.id}}' } },
  config: StateConfig,
  declares: (config) => ({
    state: config.action === 'set' && NAME.test(config.key) ? [config.key] : [],
    anyState: config.action === 'set' && config.key.includes('{{'),
    outputs: config.action !== 'delete' && config.output !== undefined ? [config.output] : [],
  }),
  compile: (config, compiler) => {
    const name = compiler.template(config.key, ['key']);
    if (name.isFixed && !NAME.test(name.fixedText)) {
      compiler.report('E104', ['key'], '`key` must be letters, digits and `_`, not a digit first');
    }
    const value = config.action === 'set' ? compiler.tree(config.value, ['value']) : undefined;
    const output = config.action === 'delete' ? undefined : config.output;
    return ({ scope }) => {
      const key = name.render(scope);
      if (!NAME.test(key)) throw new NodeFailure('expression', 'The computed state key is not a name');
      if (config.action === 'delete') return { stateChange: { key, deleted: true } };
      const result = value
        ? value.render(scope)
        : Object.hasOwn(scope.state, key)
          ? (scope.state[key] ?? null)
          : null;
      return {
        ...(config.action === 'set' && { stateChange: { key, value: result } }),
        ...(output !== undefined && { outputs: { [output]: result } }),
        result,
      };
    };
  },
});
