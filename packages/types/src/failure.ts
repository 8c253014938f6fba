import { z } from 'zod';

/** Why a message will not be sent: what an operator filters dead letters by. A closed set, so it may label a metric. */
export const DeadReason = z.enum([
  'bad_recipient', // no WhatsApp there, blocked, or not a number
  'configuration', // token, permission, number: the same for every message until somebody mends it
  'invalid_message', // Meta refuses this content
  'opted_out',
  'retries_exhausted',
  'rate_limited', // a limit that would have to be waited for longer than the message allows
  'template', // unknown, paused or disabled template, or its parameters do not fit
  'window_closed', // free-form message more than 24 hours after the contact's last
  'undeliverable', // Meta took it and reported a failure later
  'unknown_outcome', // sent or not, nobody can tell, and it was not to be repeated
  'unknown_code', // Meta said no with a code we have no entry for
]);
export type DeadReason = z.infer<typeof DeadReason>;
