import { z } from 'zod';
import { Target } from '../load/flow-schema.ts';
import { defineNode } from './define-node.ts';

const BranchConfig = z.strictObject({
  conditions: z.array(z.strictObject({ expression: z.string().min(1), next: Target })).min(1),
  default: Target.optional(),
});
type BranchConfig = z.infer<typeof BranchConfig>;

/** Goes to the first condition that is true, else to `default`, else to `next`, else the run ends. */
export const branch = defineNode<BranchConfig>({
  type: 'branch',
  doc: 'Goes to the first condition that is true, or to `default`.',
  example: {
    config: { conditions: [{ expression: "button.id == 'help'", next: 'show_help' }], default: 'unknown' },
  },
  config: BranchConfig,
  lifted: ['default'],
  declares: ({ default: other }) => ({
    leaves: other === undefined ? undefined : 'elsewhere',
    mayFail: true,
  }),
  targets: ({ conditions, default: other }) => [
    ...conditions.map(({ expression: label, next: target }, index) => ({
      target,
      path: ['conditions', index, 'next'],
      kind: 'condition' as const,
      label,
    })),
    ...(other === undefined ? [] : [{ target: other, path: ['default'], kind: 'default' as const }]),
  ],
  compile: ({ conditions, default: other }, compiler) => {
    const ways = conditions.map(({ expression, next }, index) => ({
      condition: compiler.condition(expression, ['conditions', index, 'expression']),
      next,
    }));
    return ({ scope }) => {
      const way = ways.find(({ condition }) => condition?.test(scope));
      if (way) return { goTo: way.next, note: `condition ${ways.indexOf(way) + 1}` };
      return other === undefined ? { note: 'no condition' } : { goTo: other, note: 'default' };
    };
  },
});
