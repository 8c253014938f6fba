import { z } from 'zod';
import { maskedLine } from '../run/mask.ts';
import { defineNode } from './define-node.ts';

const LogConfig = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  message: z.string().min(1).max(1000),
});
type LogConfig = z.infer<typeof LogConfig>;

/** Writes a line to the log, in which no personal data can stand. */
export const log = defineNode<LogConfig>({
  type: 'log',
  doc: 'Writes a log line; text that a contact or another system brought is shown by its size only.',
  example: { config: { level: 'info', message: 'asked for {{button.id}} {{visits}} times' } },
  config: LogConfig,
  compile: ({ level = 'info', message }, compiler) => {
    const template = compiler.template(message, ['message']);
    return ({ scope }) => ({
      effects: [{ kind: 'log', level, message: maskedLine(template, scope) }],
    });
  },
});
