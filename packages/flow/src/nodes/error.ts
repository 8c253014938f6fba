import { z } from 'zod';
import { maskedLine } from '../run/mask.ts';
import { defineNode, NodeFailure } from './define-node.ts';

const ErrorConfig = z.strictObject({ message: z.string().min(1).max(1000) });
type ErrorConfig = z.infer<typeof ErrorConfig>;

/** Fails the run: `on_error` of a node that called this flow takes over, or the fallback message is said. */
export const error = defineNode<ErrorConfig>({
  type: 'error',
  doc: 'Fails the run with a message for the log; personal data in it is masked.',
  example: { config: { message: 'no price for {{button.id}}' } },
  config: ErrorConfig,
  declares: () => ({ leaves: 'failing', mayFail: true }),
  compile: ({ message }, compiler) => {
    const template = compiler.template(message, ['message']);
    return ({ scope }) => {
      throw new NodeFailure('error_node', maskedLine(template, scope));
    };
  },
});
