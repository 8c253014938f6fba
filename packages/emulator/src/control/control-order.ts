import { readAs } from '@alur/types';
import { type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { type NumberBook } from '../graph/number-book.ts';
import { type NumberSettings } from '../options.ts';

/** Handles an order about one number; a body that is none gets 400, a number that is not played 404. */
export function onNumber<T extends { number: string }>(
  schema: z.ZodType<T>,
  { numbers }: { numbers: NumberBook },
  handle: (order: T, number: NumberSettings) => object | Promise<object>,
): RequestHandler {
  return async (request, response) => {
    const order = readAs(schema, request.body);
    if (!order.success) return invalid(response, order.error);
    const number = numbers.find(order.data.number);
    if (!number) return unknownNumber(response, order.data.number, numbers);
    response.json(await handle(order.data, number));
  };
}

export function invalid(response: Response, error: z.ZodError): void {
  response.status(400).json({ error: z.prettifyError({ issues: error.issues.flatMap(nearest) }) });
}

/** Of forms to choose from, what is wrong by the one that is nearest to what was given: more than "Invalid input". */
function nearest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const fewest = Math.min(...issue.errors.map(({ length }) => length));
  return issue.errors
    .filter(({ length }) => length === fewest)
    .flat()
    .map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

export function unknownNumber(response: Response, number: string, numbers: NumberBook): void {
  const known = numbers.list().map(({ id }) => id);
  response.status(404).json({ error: `Unknown number ${number}: there are ${known.join(', ')}` });
}
