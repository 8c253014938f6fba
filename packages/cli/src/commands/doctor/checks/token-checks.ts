import type { BusinessNumber } from '@alur/bundle';
import { z } from 'zod';
import { renderMoment } from '../../../moments.ts';
import { fail, ok, once, skip, warn, type Check, type Verdict } from '../check.ts';
import type { Visit } from '../visit.ts';
import { askGraph, type Asked } from './ask-graph.ts';

const SCOPES = ['whatsapp_business_messaging', 'whatsapp_business_management'];
const DAY_MS = 86_400_000;
const DAYS_LEFT_MIN = 14;
const LASTING = 'make one that does not end: Business Settings, System users, Generate token';

// Source: Meta, "Debug token".
const TokenInfo = z.object({
  data: z.object({
    is_valid: z.boolean(),
    app_id: z.coerce.string().optional(),
    type: z.string().optional(),
    expires_at: z.number().optional(),
    data_access_expires_at: z.number().optional(),
    scopes: z.array(z.string()).optional(),
    error: z.object({ code: z.number(), subcode: z.number().optional() }).optional(),
  }),
});
type TokenInfo = z.infer<typeof TokenInfo>['data'];

/** An access token of the bundle and what Meta says of it, asked once. */
export interface Token {
  value: string;
  numbers: BusinessNumber[];
  info: () => Promise<Asked<TokenInfo>>;
  accepted: Check;
  checks: Check[];
}

/** The tokens of the visit, each once, with their checks. */
export function tokensOf(visit: Visit, reachable: Check): Token[] {
  const byValue = new Map<string, BusinessNumber[]>();
  for (const number of visit.teams.flatMap((team) => team.numbers)) {
    byValue.set(number.accessToken, [...(byValue.get(number.accessToken) ?? []), number]);
  }
  return [...byValue].map(([value, numbers]) => tokenOf({ value, numbers }, visit, reachable));
}

function tokenOf(
  { value, numbers }: Pick<Token, 'value' | 'numbers'>,
  visit: Visit,
  reachable: Check,
): Token {
  const [first, ...more] = numbers.map(({ id }) => id);
  const about = `number ${first ?? ''}${more.length > 0 ? ` and ${more.length} more` : ''}`;
  const info = once(async (): Promise<Asked<TokenInfo>> => {
    // A token may be asked about with itself.
    const query = { input_token: value };
    const asked = await askGraph(visit, { path: 'debug_token', token: value, query, schema: TokenInfo });
    return asked.kind === 'ok' ? { kind: 'ok', answer: asked.answer.data } : asked;
  });
  const run = () => checkAccepted({ value, numbers, info }, visit);
  const accepted: Check = { id: 'token.accepted', about, needs: [reachable], run };
  const needs = [accepted];
  const scopes: Check = { id: 'token.scopes', about, needs, run: async () => scopesVerdict(await info()) };
  const expiry: Check = { id: 'token.expiry', about, needs, run: async () => expiryVerdict(await info()) };
  return { value, numbers, info, accepted, checks: [accepted, scopes, expiry] };
}

const TOKEN_CODES: ReadonlySet<number> = new Set([102, 104, 190]);
const Anything = z.looseObject({});

async function checkAccepted(
  { value, numbers: [number], info }: Pick<Token, 'value' | 'numbers' | 'info'>,
  visit: Visit,
): Promise<Verdict> {
  const asked = await info();
  const file = number ? `secrets/${number.tenant}/${number.team}.json` : 'the secrets';
  const fix = `put a new token into ${file}; ${LASTING}`;
  if (asked.kind === 'ok') {
    const { is_valid: isValid, app_id: app = 'unknown', type, error } = asked.answer;
    return isValid
      ? ok(`a token of app ${app}${type === undefined ? '' : `, ${type}`}`)
      : fail(`the token is not valid${error === undefined ? '' : ` (${error.code})`}`, fix);
  }
  if (asked.code === undefined) return fail(asked.why, 'see that the way to the Graph API is open');
  if (TOKEN_CODES.has(asked.code)) return fail(asked.why, fix);
  // Not every token may ask about itself; then the number shows whether it is taken.
  const query = { fields: 'id' };
  const other = await askGraph(visit, { path: number?.id ?? 'me', token: value, query, schema: Anything });
  if (other.kind === 'ok') return ok('taken; it may not ask what it is');
  return TOKEN_CODES.has(other.code ?? 0) ? fail(other.why, fix) : ok('taken; it may not ask what it is');
}

const UNSEEN = 'cannot be seen with this token: look in Business Settings, System users';

function scopesVerdict(asked: Asked<TokenInfo>): Verdict {
  if (asked.kind === 'no' || asked.answer.scopes === undefined) return skip(UNSEEN);
  const { scopes } = asked.answer;
  const missing = SCOPES.filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) return ok(SCOPES.join(', '));
  return fail(
    `without ${missing.join(', ')}`,
    'make a token that has them: Business Settings, System users, Generate token',
  );
}

function expiryVerdict(asked: Asked<TokenInfo>, nowMs = Date.now()): Verdict {
  if (asked.kind === 'no') return skip(UNSEEN);
  const { expires_at: endS = 0, data_access_expires_at: dataEndS = 0 } = asked.answer;
  const ends = [endS, dataEndS].filter((end) => end > 0).map((end) => end * 1_000);
  if (ends.length === 0) return ok('it does not end');
  const endMs = Math.min(...ends);
  const found = `it ends ${renderMoment(endMs, nowMs)}`;
  return endMs - nowMs < DAYS_LEFT_MIN * DAY_MS ? warn(found, LASTING) : ok(found);
}
