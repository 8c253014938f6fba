import { createHmac, timingSafeEqual } from 'node:crypto';
import { type NumberBook } from './number-book.ts';
import { type Refusal } from './refusal.ts';

/**
 * The access token of a call: the header `Authorization: Bearer …` (or the older `OAuth …`), else the parameter
 * `access_token`. Undefined when there is none.
 */
export function readToken(authorization: string | undefined, parameter?: unknown): string | undefined {
  const given = /^\s*(?:Bearer|OAuth)\s+(.+?)\s*$/i.exec(authorization ?? '')?.[1];
  if (given !== undefined) return given;
  if (typeof parameter === 'string' && parameter !== '') return parameter;
  // A header that is no credential is there all the same, and cannot be parsed.
  return authorization === undefined ? undefined : '';
}

const BAD_PROOF: Refusal = {
  http: 400,
  code: 100,
  type: 'GraphMethodException',
  message: 'Invalid appsecret_proof provided in the API argument',
};

/** Refuses a proof that is not the token's HMAC-SHA256 under its app's secret, in hex; a call without one is fine. */
export function checkProof(token: string, proof: unknown, numbers: NumberBook): Refusal | undefined {
  if (proof === undefined) return undefined;
  const given = Buffer.from(typeof proof === 'string' ? proof : '');
  const isRight = numbers.secretsOf(token).some((secret) => {
    const expected = Buffer.from(createHmac('sha256', secret).update(token).digest('hex'));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
  return isRight ? undefined : BAD_PROOF;
}
