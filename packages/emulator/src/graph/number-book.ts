import { appIdOf } from '../account/app-id.ts';
import { type NumberSettings } from '../options.ts';
import { type Refusal, badToken, unknownObject } from './refusal.ts';

/** What Meta may change of a number while it runs; `tierLimit` null is none. */
interface NumberChange {
  throughput?: number | undefined;
  tierLimit?: number | null | undefined;
}

type Method = 'get' | 'post' | 'delete';

/** Numbers by id, and what a token may see. */
export interface NumberBook {
  list(): readonly NumberSettings[];
  find(id: string): NumberSettings | undefined;
  /** The WABAs that a token belongs to, or Meta's refusal of the token. */
  see(token: string | undefined): { wabas: ReadonlySet<string> } | { refusal: Refusal };
  /** The numbers of the app whose own token this is: its id and its secret, with `|` between them. */
  seeApp(token: string | undefined): { id: string; numbers: readonly NumberSettings[] } | undefined;
  /** The number, or Meta's refusal of the token or of the id. */
  authorise(
    token: string | undefined,
    method: Method,
    id: string,
  ): { number: NumberSettings } | { refusal: Refusal };
  /** The secrets of the apps that a token may be of. */
  secretsOf(token: string): string[];
  /** Replaces the token of a number, and with it that of every number that has the same one; the old one has expired. */
  replaceToken(id: string, accessToken: string, atMs: number): void;
  /** Changes a number; another tier limit is that of its whole portfolio. */
  change(id: string, change: NumberChange): void;
}

/** A token sees every number of the WABAs that it belongs to, as a system user's token does. */
export function createNumberBook(numbers: readonly NumberSettings[], nowMs: () => number): NumberBook {
  const byId = new Map(numbers.map((number) => [number.id, number]));
  const tokens = new Map(numbers.map(({ id, accessToken }) => [id, accessToken]));
  const expiredAtMs = new Map<string, number>();
  let wabasByToken = indexWabas(numbers, tokens);
  const list = () => [...byId.values()];
  const see: NumberBook['see'] = (token) => {
    const wabas = wabasByToken.get(token ?? '');
    if (wabas) return { wabas };
    const atMs = expiredAtMs.get(token ?? '');
    const expired = atMs === undefined ? undefined : { atMs, nowMs: nowMs() };
    return { refusal: badToken(token !== undefined, expired) };
  };
  return {
    list,
    see,
    seeApp: (token) => appOfToken(token, list()),
    find: (id) => byId.get(id),
    authorise(token, method, id) {
      const seen = see(token);
      if ('refusal' in seen) return seen;
      const number = byId.get(id);
      return number && seen.wabas.has(number.wabaId) ? { number } : { refusal: unknownObject(method, id) };
    },
    secretsOf: (token) =>
      list().flatMap(({ id, appSecret }) => (tokens.get(id) === token ? [appSecret] : [])),
    replaceToken(id, accessToken, atMs) {
      const old = tokens.get(id);
      for (const [other, token] of tokens) if (token === old) tokens.set(other, accessToken);
      if (old !== undefined) expiredAtMs.set(old, atMs);
      expiredAtMs.delete(accessToken);
      wabasByToken = indexWabas(list(), tokens);
    },
    change: (id, change) =>
      list().forEach((number) => byId.set(number.id, changed(number, byId.get(id), change))),
  };
}

function appOfToken(token: string | undefined, all: readonly NumberSettings[]) {
  const [id = '', secret] = token?.split('|') ?? [];
  const numbers = all.filter(({ appSecret }) => appSecret === secret && appIdOf(appSecret) === id);
  return numbers.length > 0 ? { id, numbers } : undefined;
}

/** `number` after `target` was changed: it may be that one, or share its portfolio. */
function changed(
  number: NumberSettings,
  target: NumberSettings | undefined,
  { throughput, tierLimit }: NumberChange,
): NumberSettings {
  const isTarget = number.id === target?.id;
  const sharesTier = isTarget || (number.portfolio !== undefined && number.portfolio === target?.portfolio);
  return {
    ...number,
    ...(isTarget && throughput !== undefined ? { throughput } : {}),
    ...(sharesTier && tierLimit !== undefined ? { tierLimit: tierLimit ?? undefined } : {}),
  };
}

function indexWabas(
  numbers: readonly NumberSettings[],
  tokens: ReadonlyMap<string, string>,
): Map<string, Set<string>> {
  const index = new Map<string, Set<string>>();
  for (const { id, wabaId } of numbers) {
    const token = tokens.get(id) ?? '';
    index.set(token, (index.get(token) ?? new Set()).add(wabaId));
  }
  return index;
}
