import { Json, type HttpRequest, type HttpResult, type TextPiece } from '@alur/types';
import { type Mismatch } from './check-step.ts';
import { matches } from './matches.ts';
import { type Answer } from './test-file.ts';

/** The answers that a test has ready for web services, in order. */
export interface Answers {
  add: (answers: readonly Answer[]) => void;
  respond: (request: HttpRequest) => HttpResult;
  /** What was wrong with the calls since the last time, and answers that nobody asked for. */
  problems: () => Mismatch[];
}

export function createAnswers(): Answers {
  let ready: Answer[] = [];
  let problems: Mismatch[] = [];
  return {
    add: (answers) => {
      ready.push(...answers);
    },
    respond: (request) => {
      const answer = ready.shift();
      if (answer) problems.push(...compare(answer, request));
      else problems.push(unanswered(request));
      return answer
        ? resultOf(answer)
        : { kind: 'failed', code: 'no_answer', message: 'the test has no answer', ms: 1 };
    },
    problems: () => {
      const left = ready.map(unasked);
      const found = [...problems, ...left];
      ready = [];
      problems = [];
      return found;
    },
  };
}

function unanswered(request: HttpRequest): Mismatch {
  const message = `Node "${request.flow}/${request.node}" calls a web service, and the step has no answer ready`;
  return { key: 'http', expected: null, got: callOf(request), message };
}

function unasked({ url, status, failed }: Answer): Mismatch {
  const answer = {
    ...(url !== undefined && { url }),
    ...(failed === undefined ? { status: status ?? 200 } : { failed }),
  };
  return { key: 'http', expected: answer, got: null, message: 'No node asked for this answer' };
}

function compare({ url, method, sends }: Answer, request: HttpRequest): Mismatch[] {
  const call = callOf(request);
  const expected = {
    ...(method !== undefined && { method }),
    ...(url !== undefined && { url }),
    ...(sends !== undefined && { sends }),
  };
  return matches(expected, call) ? [] : [{ key: 'http', expected, got: call }];
}

/** A call in the words of a test; secrets stand as the flow names them. */
export function callOf({ method, url, body }: HttpRequest): { method: string; url: string; sends?: Json } {
  const text = body && textOf(body);
  return { method, url: textOf(url), ...(text !== undefined && { sends: asJson(text) }) };
}

function textOf(pieces: readonly TextPiece[]): string {
  return pieces.map((piece) => (typeof piece === 'string' ? piece : `{{secrets.${piece.secret}}}`)).join('');
}

function asJson(text: string): Json {
  try {
    return Json.parse(JSON.parse(text));
  } catch {
    return text;
  }
}

/** What a call comes to that is answered so. */
export function resultOf({ status = 200, headers = {}, body = null, failed, ms = 1 }: Answer): HttpResult {
  if (failed !== undefined) return { kind: 'failed', code: failed, message: 'the call has failed', ms };
  return { kind: 'answer', status, headers, body, ms };
}
