import type { ExitCode } from './exit-code.ts';
import type { Colors, Io } from './io.ts';

export interface Context {
  io: Io;
  colors: Colors;
}

/** What a command came to. It prints nothing itself: the same outcome is shown to a person or as one JSON document. */
export interface Outcome {
  exit: ExitCode;
  /** For `--json`; without secrets. */
  data: unknown;
  /** For a person. */
  text: string;
  warnings?: readonly string[];
  /** Set when `exit` is not 0 though the command did its work. */
  error?: { code: string; message: string };
  /** Goes on after the outcome is printed, until the process shall end. */
  hold?: () => Promise<void>;
}
