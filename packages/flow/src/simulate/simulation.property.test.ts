import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { MessageEffect, Session } from '@alur/types';
import { exampleFlows, loaded } from '../testing/conversation.ts';
import { ActionError } from './action-error.ts';
import { Action } from './action.ts';
import { resultOf } from './answers.ts';
import { factsOf } from './check-step.ts';
import { explainFailure } from './explain-failure.ts';
import { readTests } from './read-tests.ts';
import { runTests } from './run-tests.ts';
import { saveTest, type RecordedStep, type RecordedTest } from './save-test.ts';
import { settingsOf } from './settings.ts';
import { type SimulatedTurn } from './simulated.ts';
import { createSimulation } from './simulation.ts';
import { type Answer } from './test-file.ts';
import { updateTests } from './update-tests.ts';

const FOLDER = new URL('../../../../flows/examples/', import.meta.url);
const examples = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? exampleFlows(`examples/${entry.name}`) : [],
);
const flows = loaded([...examples, ...exampleFlows('demo')]);
const WORDS = flows.triggers.flatMap(({ type, label }) =>
  type === 'keyword' ? label.slice('keyword '.length).split(', ') : [],
);

const text = fc.oneof(
  fc.constantFrom(
    ...WORDS,
    ...WORDS,
    '1',
    '4',
    '2026-12-24',
    'a@b.id',
    'STOP',
    'my name is Budi',
    'order tea',
  ),
  fc.string({ unit: 'grapheme', maxLength: 20 }),
);
/** A choice that is open, by its place; else anything that may happen. */
const what = fc.oneof(
  { weight: 5, arbitrary: text.map((said) => ({ text: said })) },
  { weight: 5, arbitrary: fc.nat({ max: 3 }).map((choice) => ({ choice })) },
  { weight: 2, arbitrary: fc.constantFrom(60, 3_600, 90_000).map((seconds) => ({ seconds })) },
  {
    weight: 3,
    arbitrary: fc.constantFrom<object>(
      { image: 'x' },
      { location: { latitude: 1, longitude: 2 } },
      { reaction: '👎' },
      { edit: 'order jamu' },
      { revoke: true },
      { release: true },
      { event: 'order.paid', input: { order_id: 'A', total: 1 } },
      { status: 'failed', code: 1 },
      { schedule: 'weekly_news' },
      { contacts: [] },
      { form: {} },
    ),
  },
);
type What = { text: string } | { choice: number } | { seconds: number } | object;

interface Talk {
  turns: SimulatedTurn[];
  recorded: RecordedTest;
}

async function talk(steps: readonly What[], withBodies: boolean): Promise<Talk> {
  const answer: Answer = withBodies
    ? { body: { state: 'sent', items: [], total: 1 } }
    : { failed: 'timeout' };
  let asked: Answer[] = [];
  const simulation = createSimulation(flows, {
    ...settingsOf(),
    respond: () => {
      asked.push(answer);
      return resultOf(answer);
    },
  });
  const { at, contact } = simulation.view();
  const recorded: RecordedStep[] = [];
  const turns: SimulatedTurn[] = [];
  for (const step of steps) {
    const { choices, session } = simulation.view();
    const seconds = 'seconds' in step ? step.seconds : undefined;
    const action = Action.parse(
      'choice' in step ? { tap: choices[step.choice]?.id ?? 'none' } : 'seconds' in step ? '' : step,
    );
    asked = [];
    try {
      const taken =
        seconds === undefined ? [await simulation.take(action)] : await simulation.advance(seconds);
      const facts = factsOf(taken, simulation.view());
      const what = seconds === undefined ? { action } : { advance: seconds };
      recorded.push({ ...what, http: asked, before: session.state, facts });
      turns.push(...taken);
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
    }
  }
  return { turns, recorded: { at, contact, steps: recorded } };
}

describe('createSimulation() with any conversation over flows/examples and flows/demo', () => {
  test('ends every turn, repeats itself, and gives no id twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(what, { maxLength: 25 }), fc.boolean(), async (steps, withBodies) => {
        const { turns, ...rest } = await talk(steps, withBodies);
        expect(await talk(steps, withBodies)).toEqual({ turns, ...rest });
        const mids = turns.flatMap(({ deliveries }) => deliveries.map(({ effect }) => effect.mid));
        expect(new Set(mids).size).toBe(mids.length);
        expect(new Set(turns.map(({ event }) => event.evt)).size).toBe(turns.length);
        let epoch = 0;
        for (const { result, deliveries, event } of turns) {
          // What a runner stores must come back as it was.
          expect(Session.parse(JSON.parse(JSON.stringify(result.session)))).toEqual(result.session);
          for (const { effect } of deliveries) expect(MessageEffect.parse(effect)).toEqual(effect);
          expect(result.session.epoch).toBe(epoch + (result.outcome === 'waiting' ? 1 : 0));
          epoch = result.session.epoch;
          if (event.kind === 'timer') expect(result.outcome).not.toBe('stale');
          if (result.outcome === 'waiting') expect(result.session.wait).toBeDefined();
        }
      }),
      { numRuns: 150 },
    );
  });

  test('is saved as a test that passes, twice in one file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(what, { minLength: 1, maxLength: 12 }),
        fc.boolean(),
        async (steps, withBodies) => {
          const { recorded } = await talk(steps, withBodies);
          if (recorded.steps.length === 0) return;
          const first = saveTest(undefined, 'x.test.yaml', recorded);
          const second = saveTest(first?.text, 'x.test.yaml', recorded);
          const { suite, findings } = readTests({ path: 'x.test.yaml', text: second?.text ?? '' });
          expect(findings).toEqual([]);
          if (!suite) return;
          const results = await runTests(suite, flows);
          expect(results.flatMap((result) => explainFailure(suite, result) ?? [])).toEqual([]);
          expect(results).toHaveLength(2);
        },
      ),
      { numRuns: 150 },
    );
  });

  test('is written into a test that expects something else, so that it passes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(what, { minLength: 1, maxLength: 12 }), fc.nat(), async (steps, seed) => {
        const { recorded } = await talk(steps, true);
        const saved = saveTest(undefined, 'x.test.yaml', recorded)?.text ?? '';
        if (recorded.steps.length === 0 || saved.includes('http:')) return;
        const wrong = saved
          .replace(/^( {10}- ).*$/gm, (line, dash: string, at: number) =>
            (at + seed) % 2 === 0 ? `${dash}wrong # kept` : line,
          )
          .replace(/^( +)out: \[\]$/gm, (line, indent: string, at: number) =>
            (at + seed) % 3 === 0 ? `${indent}out: [wrong]` : line,
          )
          .replace(/^( {10}- .*\n)/gm, (line, _: string, at: number) =>
            (at + seed) % 5 === 0 ? line + line : line,
          );
        const { suite } = readTests({ path: 'x.test.yaml', text: wrong });
        if (!suite) throw new Error(wrong);
        const text = updateTests(suite, await runTests(suite, flows));
        const { suite: again, findings } = readTests({ path: 'x.test.yaml', text });
        expect(findings).toEqual([]);
        if (!again) return;
        const results = await runTests(again, flows);
        expect(results.flatMap((result) => explainFailure(again, result) ?? [])).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
