import { type Json } from '@alur/types';
import { isObject } from './fields.ts';

const GRAPH_CODE = /^[0-9]{1,9}$/;

/** The code of the first of Meta's `errors`, a number or digits. */
export function readErrorCode(errors: Json | undefined): number | undefined {
  const first = Array.isArray(errors) ? errors[0] : undefined;
  const code = isObject(first) ? first['code'] : undefined;
  if (typeof code === 'string' && GRAPH_CODE.test(code)) return Number(code);
  return Number.isSafeInteger(code) && typeof code === 'number' ? code : undefined;
}
