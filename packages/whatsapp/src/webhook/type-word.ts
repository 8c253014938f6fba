import { z } from 'zod';

/** Meta's word for a type, as it may stand in a flow; anything that is no word reads `unknown`. */
export const TypeWord = z
  .string()
  .regex(/^[A-Za-z0-9_]{1,64}$/)
  .catch('unknown');
