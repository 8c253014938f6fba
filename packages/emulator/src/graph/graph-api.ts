import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type App } from '../account/app-calls.ts';
import { type Caller, WORDS, inspectToken } from '../account/token-calls.ts';
import { type AnswerFault, type Faults } from '../faults.ts';
import { type Ids } from '../ids.ts';
import { type Stats } from '../stats.ts';
import { type QuotaBook } from './call-quota.ts';
import { checkProof } from './credentials.ts';
import { orderedRefusal, pause } from './fault-answer.ts';
import {
  type FindObject,
  type FoundObject,
  type ObjectDeps,
  findApp,
  nameOf,
  objectFinder,
} from './find-object.ts';
import { type GraphCall, type GraphResult } from './graph-call.ts';
import { readCall } from './read-call.ts';
import { type Refusal, unknownObject, unknownPath } from './refusal.ts';
import { sendDownload } from './send-download.ts';
import { sendResult } from './send-result.ts';
import { unknownField } from './select-fields.ts';

export interface GraphDeps extends ObjectDeps {
  quota: QuotaBook;
  faults: Faults;
  stats: Stats;
  ids: Ids;
}

/**
 * All of the Graph API beside sending. Token, then object, then call: the first that is wrong is what Meta says, and what
 * it does not know is refused as Meta refuses it.
 */
export function graphApi(
  deps: GraphDeps,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const find = objectFinder(deps);
  return async (request, response) => {
    if (await sendDownload(request, response, deps)) return;
    const read = await readCall(request);
    if ('refusal' in read) return sendResult({ request, response, version: read.version }, read, deps);
    const { call } = read;
    const { result, ...frame } = await handle(call, find, deps);
    await sendResult({ request, response, version: call.version }, result, { ...deps, ...frame });
  };
}

interface Handled {
  result: GraphResult;
  wabaId?: string | undefined;
  /** What was ordered to become of the answer. */
  fault?: AnswerFault | undefined;
}

async function handle(call: GraphCall, find: FindObject, deps: GraphDeps): Promise<Handled> {
  const { token } = call;
  const app = deps.numbers.seeApp(token);
  if (app) return handleApp(call, app, deps);
  const seen = deps.numbers.see(token);
  if ('refusal' in seen) return { result: seen };
  const badProof = checkProof(token ?? '', call.params['appsecret_proof'], deps.numbers);
  if (badProof) return { result: { refusal: badProof } };
  const word = call.method === 'GET' && Object.hasOwn(WORDS, call.id) ? WORDS[call.id] : undefined;
  const found = word ? undefined : find(call.id, seen.wabas);
  const over = deps.quota.count(found?.wabaId);
  if (over) return { result: { refusal: over }, wabaId: found?.wabaId };
  if (found) return handleFound(call, found, deps);
  if (!word) return { result: { refusal: unknown(call, found) } };
  const numbers = deps.numbers.list().filter(({ wabaId }) => seen.wabas.has(wabaId));
  const caller: Caller = { token: token ?? '', numbers };
  return { result: word(call, caller, deps) };
}

/** An app's own token opens the app, and tells of other tokens. */
async function handleApp(call: GraphCall, app: App, deps: GraphDeps): Promise<Handled> {
  const found = findApp(call.id, app, deps);
  const over = deps.quota.count(found?.wabaId);
  if (over) return { result: { refusal: over } };
  if (found) return handleFound(call, found, deps);
  if (call.method !== 'GET' || call.id !== 'debug_token')
    return { result: { refusal: unknown(call, found) } };
  return { result: inspectToken(call, deps) };
}

/** An ordered fault comes instead of the call, or of its answer. */
async function handleFound(call: GraphCall, found: FoundObject, deps: GraphDeps): Promise<Handled> {
  const { about, numberId = '', wabaId } = found;
  const name = `${about} ${nameOf(call)}`;
  const fault = deps.faults.takeAnswer({
    number: numberId,
    to: undefined,
    type: '',
    template: undefined,
    call: name,
  });
  if (fault?.kind === 'error') return { result: { refusal: orderedRefusal(fault) }, wabaId, fault };
  if (fault?.kind === 'http' || fault?.kind === 'reset_before_accept')
    return { result: { json: {} }, wabaId, fault };
  if (fault?.kind === 'delay') await pause(fault.ms);
  const answered = found.answer(call);
  const result = answered ? await answered : { refusal: unknown(call, found) };
  return { result, wabaId, fault };
}

/** A field that there is not, where the object is known; else the object is not. */
function unknown({ method, id, edge, path }: GraphCall, found: FoundObject | undefined): Refusal {
  if (!found && !/^\d+$/.test(id)) return unknownPath(path);
  if (found && method === 'GET' && edge !== '') return unknownField(edge, found.node);
  return unknownObject(method === 'GET' ? 'get' : method === 'POST' ? 'post' : 'delete', id);
}
