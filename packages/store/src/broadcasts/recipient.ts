import { readAs } from '@alur/types';
import { z } from 'zod';

/** Somebody whom a broadcast is for; `values` in the order of its columns. */
export interface Recipient {
  waId?: string | undefined;
  userId?: string | undefined;
  values: readonly string[];
}

const Row = z.tuple([z.string(), z.string()], z.string());

/** As the list of recipients keeps it: short, since there may be a million. */
export function formatRecipient({ waId = '', userId = '', values }: Recipient): string {
  return JSON.stringify([waId, userId, ...values]);
}

/** undefined for one that was erased. */
export function parseRecipient(row: string): Recipient | undefined {
  if (row === '') return undefined;
  const read = readAs(Row, JSON.parse(row));
  if (!read.success) return undefined;
  const [waId, userId, ...values] = read.data;
  return {
    ...(waId !== '' && { waId }),
    ...(userId !== '' && { userId }),
    values,
  };
}
