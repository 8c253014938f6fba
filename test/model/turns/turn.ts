import type { Commit, Loaded } from '@alur/store';
import type { InboundEvent, Session } from '@alur/types';
import {
  WAIT_S,
  type ConversationName,
  type MessageScript,
  type TurnsConfiguration,
} from './configuration.ts';
import { timerOf, waitUntil } from './scenario.ts';

// The flow: small and pure, with the engine's own rules of waits and epochs.

/** What a turn came to, or that it has to call first. */
export type Turned = Pick<Commit, 'session' | 'timer'> | 'calls';

/** `answer` is what came of the turn's call, where it makes one. */
export function takeTurn(
  conversation: ConversationName,
  { event, session, answer }: { event: InboundEvent; session: Session; answer: string | undefined },
  configuration: TurnsConfiguration,
): Turned {
  const script = scriptOf(event, session, configuration);
  if (script.calls === true && answer === undefined) return 'calls';
  const counted = { n: Number(session.state['n'] ?? 0) + 1, saw: answer ?? '' };
  const after = sessionAfter({ ...session, state: counted }, event.at, script.does);
  const { wait, epoch } = after;
  if (wait?.until === undefined) return { session: after };
  return { session: after, timer: timerOf(conversation, epoch, wait.until) };
}

function scriptOf(
  event: InboundEvent,
  { wait, epoch }: Session,
  { messages, asksAfterTimer = false }: TurnsConfiguration,
): Pick<MessageScript, 'does' | 'calls'> {
  if (event.kind === 'timer') {
    if (!wait || event.epoch !== epoch) return { does: 'beside' };
    return { does: asksAfterTimer && epoch === 1 ? 'asks' : 'ends' };
  }
  const script = 'wamid' in event ? messages[Number(event.wamid.slice(1)) - 1] : undefined;
  if (!script) throw new Error('a message that nobody wrote');
  return script;
}

function sessionAfter(session: Session, at: number, does: MessageScript['does']): Session {
  const { state, epoch } = session;
  switch (does) {
    case 'asks':
      return { state, epoch: epoch + 1, wait: waitUntil(at + WAIT_S) };
    case 'ends':
      return { state, epoch };
    case 'beside':
      return session;
  }
}

/** What a turn saw of calls before. */
export function answerIn({ journal }: Pick<Loaded, 'journal'>): string | undefined {
  const result = journal[CALL];
  return result?.kind === 'answer' ? JSON.stringify(result.body).slice(1, -1) : undefined;
}

export const CALL = 'call';

export const resultOf = (answer: string) =>
  ({ kind: 'answer', status: 200, headers: {}, body: answer, ms: 1 }) as const;
