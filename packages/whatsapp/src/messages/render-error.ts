/**
 * A message could not be put into Graph's form: a fault of the caller, since messages are checked before, and their files
 * uploaded.
 */
export class RenderError extends Error {
  override readonly name = 'RenderError';
  readonly code: 'no_recipient' | 'not_json' | 'not_uploaded' | 'opaque_too_long';

  constructor(code: RenderError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
