import { z } from 'zod';
import { defineNode } from './define-node.ts';
import { emit } from './emit.ts';

const HandoffConfig = z.strictObject({
  queue: z.string().min(1).max(200).optional(),
  note: z.string().max(4096).optional(),
  /** Seconds. */
  release_after: z
    .int()
    .min(1)
    .max(30 * 86_400)
    .optional(),
});
type HandoffConfig = z.infer<typeof HandoffConfig>;

/** Hands the conversation to people; goes on at `next` when they release it. */
export const handoff = defineNode<HandoffConfig>({
  type: 'handoff',
  doc: 'Hands the conversation to people: the bot is silent until they release it, or `release_after` seconds have passed.',
  example: { config: { queue: 'support', note: '{{contact.name}} has a question', release_after: 86_400 } },
  config: HandoffConfig,
  declares: ({ release_after }) => ({ waits: { for: 'release', untilS: release_after } }),
  compile: ({ queue, note, release_after }, compiler) => {
    const compiledQueue = compiler.template(queue ?? '', ['queue']);
    const compiledNote = compiler.template(note ?? '', ['note']);
    return {
      run: ({ scope, event }) => ({
        effects: [
          emit('handoff.started', { queue: compiledQueue.render(scope), note: compiledNote.render(scope) }),
        ],
        wait: { for: 'release', ...(release_after !== undefined && { until: event.at + release_after }) },
      }),
      resume: ({ cause }) => ({
        effects: [emit('handoff.ended', { by: cause === 'timer' ? 'time' : 'release' })],
        note: cause === 'timer' ? 'time is up' : 'released',
      }),
    };
  },
});
