import { CliError } from '../../cli-error.ts';

const LIMIT_MAX = 10_000;

/** A whole number of an option, 1 to 10,000. */
export function readLimit(option: string, text: string): number {
  const limit = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= LIMIT_MAX) return limit;
  throw new CliError('usage', `${option} must be a number from 1 to ${LIMIT_MAX}, got "${text}"`, 'use 50');
}
