import type { IncomingHttpHeaders } from 'node:http';
import { readAs } from '@alur/types';
import { z } from 'zod';
import { problemAt, type ApiProblem } from './problems.ts';

/** Whether calls with this body may be named by a key. */
export function takesKey(body: z.ZodType | undefined): boolean {
  return body instanceof z.ZodObject && Object.hasOwn(body.shape, 'idempotency_key');
}

const Keyed = z.looseObject({ idempotency_key: z.unknown().optional() });

/**
 * A body with the key that the field `idempotency-key` gives, bare or in quotes, where it has none itself; and what is wrong when it has
 * another one.
 */
export function withKey(
  body: unknown,
  headers: IncomingHttpHeaders,
): { body: unknown; problems: ApiProblem[] } {
  const field = headers['idempotency-key'];
  const read = readAs(Keyed, body);
  if (field === undefined || !read.success) return { body, problems: [] };
  const key = String(field).replace(/^"(.*)"$/, '$1');
  const own = read.data.idempotency_key;
  if (own === undefined) return { body: { ...read.data, idempotency_key: key }, problems: [] };
  const message = 'it differs from the field `idempotency-key`: give one of them';
  return { body, problems: own === key ? [] : [problemAt(['idempotency_key'], message)] };
}
