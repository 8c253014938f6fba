import { takeWish, WishAnswer, WishBody } from '../contact-wish.ts';
import { defineRoute } from '../route.ts';

/** A contact wants to hear no more. */
export const optOut = defineRoute({
  method: 'POST',
  path: 'contacts/opt-out',
  name: 'contacts-opt-out',
  scope: 'contacts',
  summary: 'Opt a contact out',
  body: WishBody,
  example: { body: { to: { wa_id: '6281234567890' }, scope: 'marketing' } },
  answers: {
    200: {
      description: 'It holds for the whole tenant at once, for what is queued too.',
      schema: WishAnswer,
    },
  },
  handle: (call, deps) => takeWish(call, 'out', deps),
});
