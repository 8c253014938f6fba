import { z } from 'zod';

/** Why a message will not be sent: what an operator filters dead letters by. A closed set, so it may label a metric. */
export const DeadReason = z.enum([
  'bad_recipient', // no WhatsApp there, blocked, or not a number
  'configuration', // token, permission, number: the same for every message until somebody mends it
  'invalid_message', // Meta refuses this content
  'opted_out',
  'retries_exhausted',
  'rate_limited', // a limit that would have to be waited for longer than the message allows
  'media', // a file of the bundle that is not there, or that Meta does not take
  'template', // unknown, paused or disabled template, or its parameters do not fit
  'window_closed', // free-form message more than 24 hours after the contact's last
  'undeliverable', // Meta took it and reported a failure later
  'unknown_outcome', // sent or not, nobody can tell, and it was not to be repeated
  'unknown_code', // Meta said no with a code we have no entry for
]);
export type DeadReason = z.infer<typeof DeadReason>;

/** Who a dead letter is a matter for: our side or Meta's, the words of the flow, or the contact. */
export const FaultSide = z.enum(['pipeline', 'content', 'recipient']);
export type FaultSide = z.infer<typeof FaultSide>;

export interface DeadReasonNote {
  side: FaultSide;
  /** What an operator does about it. */
  advice: string;
}

export const DEAD_REASONS: Record<DeadReason, DeadReasonNote> = {
  bad_recipient: { side: 'recipient', advice: 'Ask the contact for another number, or drop it.' },
  configuration: { side: 'pipeline', advice: 'Mend token, rights or registration, then replay.' },
  invalid_message: { side: 'content', advice: 'Mend the message in the flow; a replay says the same again.' },
  opted_out: { side: 'recipient', advice: 'Respect it: drop the message.' },
  retries_exhausted: { side: 'pipeline', advice: 'Replay when Meta answers again.' },
  rate_limited: {
    side: 'pipeline',
    advice: 'Replay when there is room, or set retry_on_rate_limit in the flow.',
  },
  media: {
    side: 'content',
    advice: 'Check the file with `alur media list`, load the bundle again, then replay.',
  },
  template: { side: 'content', advice: 'Check the template in WhatsApp Manager, then replay.' },
  window_closed: {
    side: 'recipient',
    advice: 'Give the reply an outside_window template, or wait for the contact.',
  },
  undeliverable: { side: 'recipient', advice: 'Meta could not deliver it; ask by other means.' },
  unknown_outcome: {
    side: 'pipeline',
    advice: 'It may have arrived: replay only if a second copy does no harm.',
  },
  unknown_code: {
    side: 'pipeline',
    advice: "Look the code up on Meta's error page; class it in the bundle.",
  },
};
