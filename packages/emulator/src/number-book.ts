import { type EmulatedNumber } from './options.ts';
import { type Refusal, badToken, unknownObject } from './refusal.ts';

/** Numbers by id, and what a token may see. */
export interface NumberBook {
  list: readonly EmulatedNumber[];
  find(id: string): EmulatedNumber | undefined;
  /** The number, or Meta's refusal of the token or of the id. */
  authorise(
    authorization: string | undefined,
    method: 'get' | 'post',
    id: string,
  ): { number: EmulatedNumber } | { refusal: Refusal };
  /** The numbers of a WABA, or Meta's refusal. */
  authoriseWaba(
    authorization: string | undefined,
    wabaId: string,
  ): { numbers: EmulatedNumber[] } | { refusal: Refusal };
}

/** A token sees every number of the WABAs that it belongs to, as a system user's token does. */
export function createNumberBook(numbers: readonly EmulatedNumber[]): NumberBook {
  const byId = new Map(numbers.map((number) => [number.id, number]));
  const wabasByToken = new Map<string, Set<string>>();
  for (const { accessToken, wabaId } of numbers) {
    wabasByToken.set(accessToken, (wabasByToken.get(accessToken) ?? new Set()).add(wabaId));
  }
  const wabasOf = (authorization: string | undefined) =>
    wabasByToken.get(/^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '');
  return {
    list: numbers,
    find: (id) => byId.get(id),
    authorise(authorization, method, id) {
      const wabas = wabasOf(authorization);
      if (!wabas) return { refusal: badToken(authorization !== undefined) };
      const number = byId.get(id);
      return number && wabas.has(number.wabaId) ? { number } : { refusal: unknownObject(method, id) };
    },
    authoriseWaba(authorization, wabaId) {
      const wabas = wabasOf(authorization);
      if (!wabas) return { refusal: badToken(authorization !== undefined) };
      if (!wabas.has(wabaId)) return { refusal: unknownObject('get', wabaId) };
      return { numbers: numbers.filter((number) => number.wabaId === wabaId) };
    },
  };
}
