import { type YamlPath } from '../load/yaml-file.ts';
import { type FlowSet } from '../run/flow-set.ts';
import { ActionError } from './action-error.ts';
import { createAnswers, type Answers } from './answers.ts';
import { checkStep, factsOf, type Mismatch, type StepFacts } from './check-step.ts';
import { parseDuration } from './duration.ts';
import { type TestSuite } from './read-tests.ts';
import { settingsOf } from './settings.ts';
import { type SimulatedContact, type SimulatedTurn, type SimulationOptions } from './simulated.ts';
import { createSimulation, DEFAULT_AT, type Simulation } from './simulation.ts';
import { type Step, type TestCase, type TestFile } from './test-file.ts';

export interface StepResult {
  step: Step;
  /** Where it stands in the file. */
  path: YamlPath;
  turns: SimulatedTurn[];
  /** Missing where the step could not be taken. */
  facts?: StepFacts;
  mismatches: Mismatch[];
}

export interface CaseResult {
  name: string;
  path: YamlPath;
  steps: StepResult[];
  isPassed: boolean;
}

export interface RunTestsOptions extends Pick<SimulationOptions, 'templates'> {
  /** Chooses by name. */
  isWanted?: ((name: string) => boolean) | undefined;
}

/** Takes the tests of a file through flows, each from its own beginning. */
export async function runTests(
  { tests: file }: TestSuite,
  flows: FlowSet,
  { isWanted = () => true, templates }: RunTestsOptions = {},
): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  for (const [index, test] of file.tests.entries()) {
    if (isWanted(test.name)) results.push(await runCase(flows, { file, templates }, test, ['tests', index]));
  }
  return results;
}

async function runCase(
  flows: FlowSet,
  { file, templates }: Pick<RunTestsOptions, 'templates'> & { file: TestFile },
  test: TestCase,
  path: YamlPath,
): Promise<CaseResult> {
  const answers = createAnswers();
  const simulation = createSimulation(flows, { ...startOf(file, test), templates, respond: answers.respond });
  const steps: StepResult[] = [];
  for (const [index, step] of test.steps.entries()) {
    const result = await runStep(simulation, answers, step, [...path, 'steps', index]);
    steps.push(result);
    // What comes after something that could not happen says nothing.
    if (!result.facts) break;
  }
  return { name: test.name, path, steps, isPassed: steps.every(({ mismatches }) => mismatches.length === 0) };
}

async function runStep(
  simulation: Simulation,
  answers: Answers,
  step: Step,
  path: YamlPath,
): Promise<StepResult> {
  if (step.contact) simulation.introduce(contactOf(step.contact));
  answers.add(step.http ?? []);
  try {
    const turns = await act(simulation, step);
    const facts = factsOf(turns, simulation.view());
    return { step, path, turns, facts, mismatches: [...checkStep(step, facts), ...answers.problems()] };
  } catch (error) {
    if (!(error instanceof ActionError)) throw error;
    const { message, fix } = error;
    const told = fix === undefined ? message : `${message}: ${fix}`;
    return { step, path, turns: [], mismatches: [{ key: 'in', expected: null, got: null, message: told }] };
  }
}

async function act(simulation: Simulation, { in: action, advance }: Step): Promise<SimulatedTurn[]> {
  if (action) return [await simulation.take(action)];
  return advance === undefined ? [] : simulation.advance(parseDuration(advance) ?? 0);
}

/** Where a test begins: what it says itself goes before what its file says. */
function startOf(file: TestFile, test: TestCase): SimulationOptions {
  const { at = DEFAULT_AT, opted_out: optedOut, last_message } = { ...file, ...withoutGaps(test) };
  const ago = last_message === undefined ? undefined : parseDuration(last_message);
  return {
    ...settingsOf(file.settings),
    at,
    contact: { ...contactOf(file.contact), ...contactOf(test.contact) },
    state: { ...file.state, ...test.state },
    ...(optedOut !== undefined && optedOut !== false && { optedOut }),
    ...(ago !== undefined && { lastMessageTime: at - ago }),
  };
}

function withoutGaps({ at, opted_out, last_message }: TestCase) {
  return {
    ...(at !== undefined && { at }),
    ...(opted_out !== undefined && { opted_out }),
    ...(last_message !== undefined && { last_message }),
  };
}

/** What a test says of the contact. */
function contactOf(contact: TestFile['contact'] = {}): Partial<SimulatedContact> {
  const { name, language, wa_id: waId, user_id: userId, username, tags } = contact;
  return {
    ...(name !== undefined && { name }),
    ...(language !== undefined && { language }),
    ...(waId !== undefined && { waId }),
    ...(userId !== undefined && { userId }),
    ...(username !== undefined && { username }),
    ...(tags && { tags }),
  };
}
