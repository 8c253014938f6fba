import type { Context, Outcome } from './command.ts';

/** What the command line hands to its commands. */
export interface ProgramOptions {
  context: Context;
  onOutcome: (outcome: Outcome) => void;
  /** Takes help texts and complaints about the command line. */
  write: (text: string) => void;
}
