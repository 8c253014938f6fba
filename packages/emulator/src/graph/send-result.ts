import { type AnswerFault } from '../faults.ts';
import { type Ids } from '../ids.ts';
import { type Stats, countRefusal } from '../stats.ts';
import { type GraphAnswer, type OpenCall } from './answer-call.ts';
import { type QuotaBook } from './call-quota.ts';
import { answerWithFault, orderedHeaders, pause } from './fault-answer.ts';
import { type GraphResult } from './graph-call.ts';
import { authenticateHeader, refusalBody } from './refusal.ts';

interface Frame {
  ids: Ids;
  quota: QuotaBook;
  stats: Stats;
  wabaId?: string | undefined;
  fault?: AnswerFault | undefined;
}

/** Answers a call with JSON and the headers that Meta's answers have, or as an ordered fault says. */
export async function sendResult(call: OpenCall, result: GraphResult, frame: Frame): Promise<void> {
  const { fault, stats } = frame;
  if ('refusal' in result) countRefusal(stats, result.refusal.code);
  if (fault?.kind === 'http') {
    countRefusal(stats, `http_${fault.status}`);
    return void call.response.writeHead(fault.status, { 'content-type': 'text/html' }).end(fault.body);
  }
  if (fault?.kind !== 'reset_before_accept') return answerWithFault(call, compose(result, frame), fault);
  countRefusal(stats, fault.kind);
  if (fault.ms > 0) await pause(fault.ms);
  call.request.socket.destroy();
}

function compose(result: GraphResult, { ids, quota, wabaId, fault }: Frame): GraphAnswer {
  const trace = ids.trace();
  const isRefused = 'refusal' in result;
  const status = isRefused ? result.refusal.http : (result.http ?? 200);
  return {
    status,
    body: isRefused ? refusalBody(result.refusal, trace) : JSON.stringify(result.json),
    trace,
    headers: {
      'x-fb-request-id': ids.trace(),
      'cache-control': 'private, no-cache, no-store, must-revalidate',
      ...quota.headers(wabaId),
      ...(isRefused && status === 401 ? { 'www-authenticate': authenticateHeader(result.refusal) } : {}),
      ...(fault?.kind === 'error' ? orderedHeaders(fault) : {}),
    },
  };
}
