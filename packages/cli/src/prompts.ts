/** A question whose answer is typed. */
export interface TextQuestion {
  message: string;
  /** Stands there already, and can be changed. */
  initial?: string;
  /** Shown as dots, and nowhere else. */
  isSecret?: boolean;
  /** Why this cannot be the answer, or undefined when it can. */
  check: (typed: string) => string | undefined;
}

/** Questions to the person at the terminal. An answer is undefined when the person breaks off (Ctrl-C). */
export interface Prompts {
  say: (text: string) => void;
  text: (question: TextQuestion) => Promise<string | undefined>;
  confirm: (message: string) => Promise<boolean | undefined>;
  choose: (message: string, options: readonly string[]) => Promise<string | undefined>;
}
