import { type WebhookPoster } from './post-webhook.ts';

/** Where a webhook goes, and the word by which its owner knows the verification. */
export interface Callback {
  url: string;
  verifyToken: string;
}

/** What came of the verification; `message` is that of Meta's refusal. */
export type Verification = { ok: true } | { ok: false; message: string };

/**
 * Asks the address as Meta does before it takes it: GET with `hub.mode`, `hub.challenge` and `hub.verify_token`, no
 * signature; the answer must be 200 with the challenge and nothing else.
 */
export async function verifyCallback(
  { url, verifyToken }: Callback,
  challenge: string,
  poster: WebhookPoster,
): Promise<Verification> {
  const target = new URL(url);
  target.searchParams.append('hub.mode', 'subscribe');
  target.searchParams.append('hub.challenge', challenge);
  target.searchParams.append('hub.verify_token', verifyToken);
  const { status, error, body, reason } = await poster.get(target.href);
  if (status === 200 && body === challenge) return { ok: true };
  return { ok: false, message: failure({ status, error, body, reason }, challenge) };
}

interface Answer {
  status: number;
  error?: string | undefined;
  reason: string;
  body: string;
}

const SHOWN_MAX = 64;

function failure({ status, error, reason, body }: Answer, challenge: string): string {
  const what =
    status === 0
      ? `No answer (${error ?? 'no reason'})`
      : `HTTP Status Code = ${status}; HTTP Message = ${reason}`;
  const differs =
    status === 200
      ? `; The response does not match the challenge, expected value="${challenge}", received="${body.slice(0, SHOWN_MAX)}"`
      : '';
  return `(#2200) Callback verification failed with the following errors: ${what}${differs}`;
}
