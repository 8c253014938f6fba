import { setTimeout as delay } from 'node:timers/promises';
import { type AnswerFault } from '../faults.ts';
import { type GraphAnswer, type OpenCall, answer, cutAnswer, dribbleAnswer } from './answer-call.ts';
import { type Refusal } from './refusal.ts';

type ErrorFault = Extract<AnswerFault, { kind: 'error' }>;

/** The Graph error that was ordered. */
export function orderedRefusal({
  http,
  code,
  subcode,
  title,
  message,
  details,
  isTransient,
}: ErrorFault): Refusal {
  return {
    http,
    code,
    ...(subcode === undefined ? {} : { subcode }),
    message: message ?? `(#${code}) ${title}`,
    ...(details === undefined ? {} : { details }),
    ...(isTransient === undefined ? {} : { isTransient }),
  };
}

/** The headers that were ordered with it. */
export function orderedHeaders({ retryAfterS, usage }: ErrorFault): Record<string, string> {
  return {
    ...(retryAfterS === undefined ? {} : { 'retry-after': String(retryAfterS) }),
    ...(usage?.app ? { 'x-app-usage': JSON.stringify(usage.app) } : {}),
    ...(usage?.businessUseCase ? { 'x-business-use-case-usage': JSON.stringify(usage.businessUseCase) } : {}),
  };
}

export function pause(ms: number): Promise<void> {
  return delay(ms, undefined, { ref: false });
}

/** Gives the answer of what was done, in the way that was ordered. */
export async function answerWithFault(
  call: OpenCall,
  graph: GraphAnswer,
  fault: AnswerFault | undefined,
): Promise<void> {
  switch (fault?.kind) {
    case 'reset_after_accept':
      if (fault.ms > 0) await pause(fault.ms);
      return void call.request.socket.destroy();
    case 'cut_answer':
      return cutAnswer(call, graph);
    case 'slow_answer':
      return dribbleAnswer(call, graph, fault.ms);
    default:
      return answer(call, graph);
  }
}
