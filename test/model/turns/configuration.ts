/** What goes wrong, each time by choice. */
export type Mishap =
  /** A runner dies at any step, its memory is gone; also one between the two steps of `fire`. */
  | 'runner dies'
  /** A runner stands still, another takes its entry over, and it goes on. */
  | 'runner stops'
  /** Redis does what a commit says, and the runner does not hear of it: it commits again. */
  | 'commit repeated'
  /** A webhook comes twice. */
  | 'heard again';

export type ConversationName = 'c1' | 'c2';

/** What a flow makes of a message. */
export interface MessageScript {
  in: ConversationName;
  /** `asks`: answers what waits, and waits anew. `ends`: answers what waits. `beside`: leaves what waits alone. */
  does: 'asks' | 'ends' | 'beside';
  /** It has to call somebody first, who answers something else each time. */
  calls?: boolean;
}

export interface TurnsConfiguration {
  name: string;
  /** In each conversation, the order in which they are accepted; m1, m2, ... */
  messages: readonly MessageScript[];
  /** Of every first wait that its timer ends: asks anew. */
  asksAfterTimer?: boolean;
  runners: number;
  /** How many runners may be between the two steps of `fire` at once. */
  looks: number;
  /** The clock may also jump this far past the time due. */
  lateS?: number;
  /** An event that lost so many owners is set aside. */
  lostMost?: number;
  mishaps: readonly Mishap[];
  most: number;
}

export const WAIT_S = 60;
/** A timer that fires later than this is of the second in which it fires. */
export const LATE_S = 5;
