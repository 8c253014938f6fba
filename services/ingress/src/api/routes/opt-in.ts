import { takeWish, WishAnswer, WishBody } from '../contact-wish.ts';
import { defineRoute } from '../route.ts';

/** A contact wants to hear again. */
export const optIn = defineRoute({
  method: 'POST',
  path: 'contacts/opt-in',
  name: 'contacts-opt-in',
  scope: 'contacts',
  summary: 'Opt a contact in again',
  body: WishBody,
  example: { body: { to: { wa_id: '6281234567890' } } },
  answers: {
    200: { description: 'It holds for the whole tenant at once.', schema: WishAnswer },
  },
  handle: (call, deps) => takeWish(call, 'in', deps),
});
