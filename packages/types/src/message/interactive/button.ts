import { z } from 'zod';
import { limitRows } from '../limit.ts';
import { isUnique, text } from '../parts.ts';
import { frame, Header } from './frame.ts';

export const BUTTON_LIMITS = { buttons: 3, buttonTitle: 20, buttonId: 256 } as const;
export const BUTTON_ROWS = limitRows('button', 'Meta, "Interactive reply buttons"', BUTTON_LIMITS, {
  buttons: 'buttons',
  buttonTitle: 'characters of a title',
  buttonId: 'characters of an id',
});

/** Id and title of something to tap; no space may stand at an end of the id. */
export const Reply = z.strictObject({
  id: text(BUTTON_LIMITS.buttonId).regex(/^\S(.*\S)?$/s, 'no space at either end'),
  title: text(BUTTON_LIMITS.buttonTitle),
});

export const ButtonInteractive = z.strictObject({
  type: z.literal('button'),
  header: Header.optional(),
  ...frame,
  action: z.strictObject({
    buttons: z
      .array(z.strictObject({ type: z.literal('reply'), reply: Reply }))
      .min(1)
      .max(BUTTON_LIMITS.buttons)
      .refine((buttons) => isUnique(buttons, ({ reply }) => reply.id), { error: 'button ids must differ' })
      .refine((buttons) => isUnique(buttons, ({ reply }) => reply.title), {
        error: 'button titles must differ',
      }),
  }),
});
