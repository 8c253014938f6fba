import { type DeadReason, type FailureClass } from '@alur/types';

/** What we know of a code. Titles and advice are our own words: Meta's texts can quote personal data. */
export interface GraphCode {
  class: FailureClass;
  title: string;
  advice: string;
  /** Why the message is dead when it is not tried again; without it, what its class says. */
  deadReason?: DeadReason;
  /** How long to wait at least, where Meta names a time. */
  retryAfterMs?: number;
}

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const TOKEN = 'Make a new permanent token with both WhatsApp permissions and run setup again.';
export const RIGHTS = 'Give the system user the WhatsApp permissions and the WABA, then run setup again.';
export const REGISTER = 'Register the number again with its two-step PIN in WhatsApp Manager.';
export const CONTENT = 'Mend the message in the flow; sending it again changes nothing.';
export const PARAMETERS = "Make the message's components fit the approved template.";
export const LATER = 'Nothing to do: it is tried again.';
const QUOTA = 'Nothing to do: calls go on when the quota allows; look for other programs with the same app.';
export const POLICY =
  'Open WhatsApp Manager, Account Quality, and appeal or wait for the end of the restriction.';

export const retry = (title: string, retryAfterMs?: number): GraphCode => ({
  class: 'retry',
  title,
  advice: LATER,
  retryAfterMs,
});
export const permanent = (title: string, advice = CONTENT, deadReason?: DeadReason): GraphCode => ({
  class: 'permanent',
  title,
  advice,
  deadReason,
});
export const configuration = (title: string, advice: string): GraphCode => ({
  class: 'configuration',
  title,
  advice,
});
export const quota = (title: string): GraphCode => ({
  class: 'wait_waba',
  title,
  advice: QUOTA,
  retryAfterMs: MINUTE,
});
export const badRecipient = (title: string, advice: string): GraphCode => ({
  class: 'bad_recipient',
  title,
  advice,
});
