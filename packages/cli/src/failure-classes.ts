import type { FailureClass } from '@alur/types';

/** What a class of refusals comes to, in words for an operator. */
export interface FailureClassNote {
  /** What Alur does, in a few words. */
  does: string;
  /** What waits or stops. */
  holds: string;
  until: string;
  /** What becomes of the message that was refused, and whether it cost a try. */
  message: string;
}

const GIVEN_UP = 'dead at once';
const KEPT = 'kept; costs no try';
const BY_HAND =
  'the time that the code names, else Meta takes it back or somebody runs `alur numbers resume`';
const LIMITED =
  'costs no try; dead when it may not wait longer than a minute and would have to, or met the limit too often with `retry_on_rate_limit`';

/** By class. docs/errors.md shows it, and a test holds the two together. */
export const FAILURE_CLASSES: Record<FailureClass, FailureClassNote> = {
  retry: {
    does: 'tries the message again, later and later',
    holds: 'this message, and what is behind it in its conversation and class',
    until: '1 s, 2 s, 4 s … 60 s, or the time that the code names',
    message: 'costs a try; dead when `max_retries` (5) are used up',
  },
  wait_number: {
    does: 'slows the number down and tries again',
    holds: 'all that the number sends',
    until: 'the time that the code names, at least 1 s',
    message: LIMITED,
  },
  wait_pair: {
    does: 'slows this conversation down and tries again',
    holds: 'what the number sends to this contact',
    until: '1 s, 4 s, 16 s … 5 min, starting again after a success',
    message: LIMITED,
  },
  wait_waba: {
    does: 'holds the WABA for a while and tries again',
    holds: 'all that the numbers of the WABA send',
    until: 'the time that the code names, else 1 min; longer when the answer of the Graph API says so',
    message: LIMITED,
  },
  pause_number: {
    does: 'pauses the number and keeps the message',
    holds: 'all that the number sends',
    until: BY_HAND,
    message: KEPT,
  },
  pause_waba: {
    does: 'pauses the WABA and keeps the message',
    holds: 'all that the numbers of the WABA send',
    until: BY_HAND,
    message: KEPT,
  },
  template_blocked: {
    does: 'sends nothing more with the template',
    holds: 'messages with this template, of the whole WABA',
    until: 'Meta says that the template may go again, or the time that the code names',
    message:
      'dead at once; waits for the end of the block when that is known and `retry_on_rate_limit` is set',
  },
  window_closed: {
    does: 'sends the `outside_window` template, else gives the message up',
    holds: 'free-form messages of the number to this contact',
    until: 'the contact writes again',
    message: 'its `outside_window` template goes instead; dead without one',
  },
  opted_out: {
    does: 'notes the opt-out and gives the message up',
    holds: 'templates of the whole tenant to this contact',
    until: 'the contact opts in again',
    message: GIVEN_UP,
  },
  hold_marketing: {
    does: 'holds templates to the contact back and gives the message up',
    holds: 'templates of the whole tenant to this contact',
    until: '24 h, or the time that the code names',
    message: GIVEN_UP,
  },
  bad_recipient: {
    does: 'gives the message up',
    holds: 'nothing',
    until: '',
    message: GIVEN_UP,
  },
  configuration: {
    does: 'pauses the number until its credential changes, keeps the message',
    holds: 'all that the number sends',
    until: 'the bundle has another access token (SIGHUP), or somebody runs `alur numbers resume`',
    message: KEPT,
  },
  permanent: {
    does: 'gives the message up',
    holds: 'nothing',
    until: '',
    message: GIVEN_UP,
  },
};
