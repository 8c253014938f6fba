/** What the API says: JSON, or nothing where `body` is undefined. */
export interface ApiAnswer {
  status: number;
  body: unknown;
  /** When to ask again, in seconds. */
  retryAfterS?: number;
}

/** A refusal with what is wrong and what to do. `code` is stable. */
export function refusal(
  status: number,
  code: string,
  message: string,
  problems?: readonly object[],
): ApiAnswer {
  return { status, body: { error: { code, message, ...(problems && { problems }) } } };
}

export const UNAUTHORIZED = refusal(
  401,
  'unauthorized',
  'No API key of this team: send `Authorization: Bearer <key>`',
);
/** Redis failed on the way, and nobody knows how far it came. */
export const NOT_CONFIRMED = refusal(
  503,
  'not_confirmed',
  'Redis did not confirm it, so it may be stored or not: send the same again, with the same idempotency key',
);
export const NOT_STORED = refusal(503, 'not_stored', 'Nothing was stored: send the same again');
