import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Session, type HttpResult, type InboundEvent, type Journal, type TurnDone } from '@alur/types';
import { figure } from '../../../test/support/figure.ts';
import { loadFlows, turn, type FlowSet } from './index.ts';
import { aSnapshot, sendsOf } from './testing/conversation.ts';
import { CANARY, randomAnswers, randomEvents, randomFlows } from './testing/random-flows.ts';

const RUNS = 800;
const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_127);

/** One turn to its end; every call is answered by the next answer. */
function takeTurn(
  flows: FlowSet,
  session: Session,
  event: InboundEvent,
  answers: readonly HttpResult[],
): TurnDone {
  const journal: Journal = {};
  for (let calls = 0; ; calls += 1) {
    const result = turn(flows, { ...aSnapshot(), session }, event, {
      journal,
      pinned: flows,
      fallbackMessage: 'Sorry',
    });
    if (result.kind === 'done') return result;
    // Thirty seconds of answers, at ten milliseconds each, are more than the visits of a turn.
    expect(calls).toBeLessThan(201);
    const answer = answers[calls % answers.length];
    if (answer) journal[result.request.key] = answer;
  }
}

describe('turn() of any flows', () => {
  test('ends within its budgets, comes to the same again, and renders nothing that a contact wrote', () => {
    const seen = { loaded: 0, turns: 0, messages: 0, outcomes: new Set<string>() };
    fc.assert(
      fc.property(randomFlows, randomEvents, randomAnswers, (sources, events, answers) => {
        const { flows } = loadFlows(sources, { strict: false });
        if (!flows) return;
        seen.loaded += 1;
        let session: Session = { state: { canary: CANARY }, epoch: 0 };
        const ids = new Set<string>();
        for (const event of events) {
          const result = takeTurn(flows, session, event, answers);
          expect(takeTurn(flows, session, event, answers)).toEqual(result);
          const messages = sendsOf(result);
          expect(result.trace.length).toBeLessThanOrEqual(200);
          // One more for the fallback.
          expect(messages.length).toBeLessThanOrEqual(51);
          for (const { mid } of messages) {
            expect(ids.has(mid)).toBe(false);
            ids.add(mid);
          }
          expect(JSON.stringify([result.effects, result.trace, result.failure ?? null])).not.toContain(
            CANARY,
          );
          expect(Session.safeParse(result.session).success).toBe(true);
          session = Session.parse(JSON.parse(JSON.stringify(result.session)));
          seen.turns += 2;
          seen.messages += messages.length;
          seen.outcomes.add(result.outcome);
        }
      }),
      { numRuns: RUNS, seed: SEED },
    );
    figure(
      `random flows: ${RUNS} sets (seed ${SEED}), ${seen.loaded} loaded, ${seen.turns} turns, ${seen.messages} messages`,
    );
    expect(seen.loaded).toBeGreaterThan(RUNS / 10);
    expect([...seen.outcomes].sort()).toEqual(['completed', 'failed', 'silent', 'stale', 'waiting']);
  }, 120_000);
});
