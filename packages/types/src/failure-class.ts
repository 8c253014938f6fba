import { z } from 'zod';

/**
 * What a refusal by Graph means for what comes next, named by what has to wait or stop:
 * `retry` the message alone, with backoff · `wait_*` a rate, for what it is counted on · `pause_*` until somebody or a
 * webhook lifts it · `template_blocked` every message with this template · `window_closed` free-form messages to this
 * contact · `opted_out`, `hold_marketing` marketing to this contact · `bad_recipient` this contact · `configuration`
 * everything sent with this credential · `permanent` this message alone.
 */
export const FailureClass = z.enum([
  'retry',
  'wait_number',
  'wait_pair',
  'wait_waba',
  'pause_number',
  'pause_waba',
  'template_blocked',
  'window_closed',
  'opted_out',
  'hold_marketing',
  'bad_recipient',
  'configuration',
  'permanent',
]);
export type FailureClass = z.infer<typeof FailureClass>;

/** What a bundle says of a Graph code in place of our own table; what it leaves out stays. */
export interface ErrorOverride {
  class?: FailureClass;
  /** How long to wait at least before the next attempt: 1 second to 1 day. */
  retryAfterMs?: number;
  advice?: string;
}
