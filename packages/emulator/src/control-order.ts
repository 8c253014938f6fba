import { type RequestHandler, type Response } from 'express';
import { z } from 'zod';
import { type NumberBook } from './number-book.ts';
import { type NumberSettings } from './options.ts';

/** Handles an order about one number; a body that is none gets 400, a number that is not played 404. */
export function onNumber<T extends { number: string }>(
  schema: z.ZodType<T>,
  { numbers }: { numbers: NumberBook },
  handle: (order: T, number: NumberSettings) => object | Promise<object>,
): RequestHandler {
  return async (request, response) => {
    const order = schema.safeParse(request.body);
    if (!order.success) return invalid(response, order.error);
    const number = numbers.find(order.data.number);
    if (!number) return unknownNumber(response, order.data.number, numbers);
    response.json(await handle(order.data, number));
  };
}

export function invalid(response: Response, error: z.ZodError): void {
  response.status(400).json({ error: z.prettifyError(error) });
}

export function unknownNumber(response: Response, number: string, numbers: NumberBook): void {
  const known = numbers.list().map(({ id }) => id);
  response.status(404).json({ error: `Unknown number ${number}: there are ${known.join(', ')}` });
}
