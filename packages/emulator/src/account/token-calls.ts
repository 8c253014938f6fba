import { type GraphCall, type GraphResult } from '../graph/graph-call.ts';
import { type NumberBook } from '../graph/number-book.ts';
import { missingParameter, unknownPath } from '../graph/refusal.ts';
import { unknownField } from '../graph/select-fields.ts';
import { type NumberSettings } from '../options.ts';
import { appOf } from './waba-calls.ts';

/** Who calls: a token, and the numbers that it sees. */
export interface Caller {
  token: string;
  numbers: readonly NumberSettings[];
}

export interface TokenCallDeps {
  numbers: NumberBook;
}

/** The words that stand where an id would: `me`, `app`, `debug_token`. */
export const WORDS: Record<string, (call: GraphCall, caller: Caller, deps: TokenCallDeps) => GraphResult> = {
  // A system user, as tokens of servers are.
  me: (call, caller) => {
    if (call.edge !== '') return { refusal: unknownField(call.edge, 'User') };
    return { json: { id: userIdOf(caller.numbers), name: 'Emulated system user' } };
  },
  app: (call, { numbers }) => {
    if (call.edge !== '') return { refusal: unknownField(call.edge, 'Application') };
    const { id, name, link } = appOf(numbers[0]?.appSecret ?? '');
    return { json: { category: 'Business', link, name, id } };
  },
  debug_token: (call, _caller, deps) => inspectToken(call, deps),
};

/** `GET debug_token`. */
export function inspectToken(call: GraphCall, deps: TokenCallDeps): GraphResult {
  if (call.edge !== '') return { refusal: unknownPath(call.path) };
  const token = call.params['input_token'];
  if (typeof token !== 'string' || token === '') return { refusal: missingParameter('input_token') };
  return { json: { data: inspect(token, deps) } };
}

function userIdOf(numbers: readonly NumberSettings[]): string {
  return `1${numbers[0]?.wabaId ?? ''}`.padEnd(15, '0').slice(0, 17);
}

/** What is known of a token: which app's it is, what it may do, and with which accounts. */
function inspect(token: string, { numbers }: TokenCallDeps): object {
  const seen = numbers.see(token);
  if ('refusal' in seen) {
    const { code, message, subcode } = seen.refusal;
    const error = { code, message, ...(subcode === undefined ? {} : { subcode }) };
    return { error, is_valid: false, scopes: [] };
  }
  const own = numbers.list().filter(({ wabaId }) => seen.wabas.has(wabaId));
  const holder = own.find(({ accessToken }) => accessToken === token) ?? own[0];
  const { id, name } = appOf(holder?.appSecret ?? '');
  const scopes = holder?.tokenScopes ?? [];
  return {
    app_id: id,
    type: 'SYSTEM_USER',
    application: name,
    data_access_expires_at: 0,
    expires_at: holder?.tokenExpiresAt ?? 0,
    is_valid: true,
    scopes,
    granular_scopes: scopes
      .filter((scope) => scope.startsWith('whatsapp_'))
      .map((scope) => ({ scope, target_ids: [...seen.wabas] })),
    user_id: userIdOf(own),
  };
}
