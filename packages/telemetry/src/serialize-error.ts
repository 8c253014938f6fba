const CAUSES_MAX = 4;

/** What a log line keeps of an error. Its class is `type`, as pino has it: a field `name` is a person's and hidden. */
export interface SerializedError {
  type: string;
  code?: string | number;
  message: string;
  stack?: string;
  cause?: SerializedError;
}

/**
 * Keeps class, code, message and stack, and of causes that are errors the same without the stack. All else that
 * hangs on an error (requests, responses, bodies) stays out: nobody knows what is in it.
 */
export function serializeError(error: unknown): SerializedError {
  if (!(error instanceof Error)) return { type: 'NotAnError', message: `a ${typeof error} was thrown` };
  const { stack } = error;
  if (stack === undefined) return describe(error, CAUSES_MAX);
  return { ...describe(error, CAUSES_MAX), stack: stack.replace(error.message, () => messageOf(error)) };
}

/** `JSON.parse` quotes the text that it cannot read. */
function messageOf(error: Error): string {
  const isOfJson = error instanceof SyntaxError && error.message.includes('JSON');
  return isOfJson ? 'a text is no JSON' : error.message;
}

function describe(error: Error, causesLeft: number): SerializedError {
  const code = codeOf(error);
  const cause =
    error.cause instanceof Error && causesLeft > 0 ? describe(error.cause, causesLeft - 1) : undefined;
  return {
    type: error.name,
    ...(code === undefined ? {} : { code }),
    message: messageOf(error),
    ...(cause === undefined ? {} : { cause }),
  };
}

function codeOf(error: Error): string | number | undefined {
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' || typeof code === 'number' ? code : undefined;
}
