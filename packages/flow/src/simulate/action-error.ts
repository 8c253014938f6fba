/** Something that cannot happen as a conversation stands: a button that no message offers, a schedule that no flow has. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  /** What to write instead, where that is known. */
  readonly fix: string | undefined;
  constructor(message: string, fix?: string) {
    super(message);
    this.fix = fix;
  }
}
