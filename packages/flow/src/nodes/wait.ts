import { z } from 'zod';
import { EXPECTATIONS, readAnswer } from '../answer/read-answer.ts';
import { VariableName, Target } from '../load/flow-schema.ts';
import {
  defineNode,
  NodeFailure,
  type NodeCompiler,
  type NodeOutcome,
  type ResumeVisit,
} from './define-node.ts';

/** Seconds: thirty days, a third of what an idle conversation is remembered. */
const TIMEOUT_MAX = 30 * 86_400;

const WaitConfig = z.strictObject({
  timeout: z.int().min(1).max(TIMEOUT_MAX).optional(),
  on_timeout: Target.optional(),
  save: VariableName.optional(),
  expect: z.enum(EXPECTATIONS).optional(),
  on_invalid: Target.optional(),
  max_attempts: z.int().min(1).max(20).optional(),
});
type WaitConfig = z.infer<typeof WaitConfig>;

/** Ends the turn, and goes on with the contact's next message. */
export const wait = defineNode<WaitConfig>({
  type: 'wait',
  doc: 'Waits for the contact, and goes on at `next` with the answer; at `on_timeout` after `timeout` seconds.',
  example: { config: { expect: 'number', save: 'guests', timeout: 3600 } },
  config: WaitConfig,
  declares: ({ save, timeout }) => ({
    state: save === undefined ? [] : [save],
    waits: { for: 'message', untilS: timeout },
  }),
  targets: ({ on_timeout, on_invalid, timeout }) => [
    ...(on_timeout === undefined
      ? []
      : [
          {
            target: on_timeout,
            path: ['on_timeout'],
            kind: 'timeout' as const,
            label: `after ${timeout ?? 0} s`,
          },
        ]),
    ...(on_invalid === undefined
      ? []
      : [{ target: on_invalid, path: ['on_invalid'], kind: 'invalid' as const }]),
  ],
  compile: (config, compiler) => {
    reportIdleKeys(config, compiler);
    return {
      run: ({ event }) => {
        const { timeout } = config;
        return { wait: { for: 'message', ...(timeout !== undefined && { until: event.at + timeout }) } };
      },
      resume: (visit) => resume(config, visit),
    };
  },
});

function resume(
  { expect, save, on_timeout, on_invalid, max_attempts }: WaitConfig,
  visit: ResumeVisit,
): NodeOutcome {
  const { event, cause, until } = visit;
  if (cause === 'timer')
    return {
      ...(on_timeout === undefined ? { ends: true } : { goTo: on_timeout }),
      tries: 0,
      note: 'timeout',
    };
  const value = readAnswer(event, expect);
  if (value !== undefined) {
    return { result: value, tries: 0, ...(save !== undefined && { stateChange: { key: save, value } }) };
  }
  const tries = visit.tries + 1;
  if (max_attempts !== undefined && tries >= max_attempts) {
    throw new NodeFailure('invalid_answer', `${tries} answers in a row were no ${expect ?? 'answer'}`);
  }
  const note = `no ${expect ?? 'answer'} (${tries})`;
  return on_invalid === undefined
    ? { wait: { for: 'message', until }, tries, note }
    : { goTo: on_invalid, tries, note };
}

function reportIdleKeys(
  { timeout, on_timeout, expect, on_invalid, max_attempts }: WaitConfig,
  { report }: NodeCompiler,
): void {
  if (on_timeout !== undefined && timeout === undefined) {
    report(
      'W113',
      ['on_timeout'],
      '`on_timeout` has no effect: the node waits for ever',
      'give `timeout` in seconds',
    );
  }
  if (expect !== undefined) return;
  for (const [key, value] of Object.entries({ on_invalid, max_attempts })) {
    if (value !== undefined)
      report('W113', [key], `\`${key}\` has no effect: without \`expect\` every answer is right`);
  }
}
