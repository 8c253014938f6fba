import { Json, readAs } from '@alur/types';
import { z } from 'zod';
import { type Scope } from '../expression/scope.ts';
import { VariableName } from '../load/flow-schema.ts';
import { defineNode, NodeFailure, type NodeCompiler, type NodeOutcome } from './define-node.ts';

const Key = z.string().min(1).max(200);

const StateConfig = z.discriminatedUnion('action', [
  z.strictObject({ action: z.literal('get'), key: Key, output: VariableName.optional() }),
  z.strictObject({ action: z.literal('set'), key: Key, value: Json, output: VariableName.optional() }),
  z.strictObject({ action: z.literal('delete'), key: Key }),
]);
type StateConfig = z.infer<typeof StateConfig>;

/** Reads or writes what the conversation remembers. */
export const state = defineNode<StateConfig>({
  type: 'state',
  doc: 'Reads (`get`), writes (`set`) or removes (`delete`) a key of the session state.',
  example: { config: { action: 'set', key: 'colour', value: '{{button.id}}' } },
  config: StateConfig,
  declares: (config) => ({
    state: config.action === 'set' && isName(config.key) ? [config.key] : [],
    anyState: config.action === 'set' && config.key.includes('{{'),
    outputs: config.action !== 'delete' && config.output !== undefined ? [config.output] : [],
  }),
  compile: (config, compiler) => {
    const keyOf = compileKey(config.key, compiler);
    switch (config.action) {
      case 'get':
        return ({ scope }) => kept(config.output, valueAt(scope, keyOf(scope)));
      case 'set': {
        const value = compiler.data(config.value, ['value']);
        return ({ scope }) => {
          const key = keyOf(scope);
          const result = value.render(scope);
          return { ...kept(config.output, result), stateChange: { key, value: result } };
        };
      }
      case 'delete':
        return ({ scope }) => ({ stateChange: { key: keyOf(scope), deleted: true } });
    }
  },
});

function compileKey(key: string, compiler: NodeCompiler): (scope: Scope) => string {
  const template = compiler.template(key, ['key']);
  if (template.isFixed) {
    if (!isName(key)) {
      compiler.report('E104', ['key'], '`key` must be letters, digits and `_`, not a digit first');
    }
    return () => key;
  }
  return (scope) => {
    const computed = template.render(scope);
    if (isName(computed)) return computed;
    throw new NodeFailure('expression', 'The computed state key is not a name');
  };
}

function valueAt({ state: values }: Scope, key: string): Json {
  return Object.hasOwn(values, key) ? (values[key] ?? null) : null;
}

function kept(output: string | undefined, result: Json): NodeOutcome {
  return { result, ...(output !== undefined && { outputs: { [output]: result } }) };
}

function isName(key: string): boolean {
  return readAs(VariableName, key).success;
}
