export { checkFragment } from './check-fragment.ts';
export { lintTemplates } from './definitions/lint-templates.ts';
export { isTemplateFault, isTemplateState } from './definitions/template-faults.ts';
export { describeTriggers } from './describe-triggers.ts';
export { type Finding, type FlowSource } from './finding.ts';
export { FINDING_CODES } from './finding-codes.ts';
export { checkExample } from './findings/check-example.ts';
export { formatFlow, type Formatted } from './format/format-flow.ts';
export { flowJsonSchema } from './json-schema/flow-json-schema.ts';
export { checkFlows, compileFlows, loadFlows, type CheckedFlow, type LoadResult } from './load-flows.ts';
export { nextOccurrence } from './load/schedule.ts';
export { type FlowSet, type Schedule } from './run/flow-set.ts';
export { outlineFlows, type OutlineResult } from './outline/outline-flows.ts';
export { type Outline, type OutlineEdge, type OutlineFlow } from './outline/outline.ts';
export { messageParts } from './run/build-scope.ts';
export { changedTags } from './run/progress.ts';
export { type OptOutOptions } from './run/take-wish.ts';
export { Action } from './simulate/action.ts';
export { ActionError } from './simulate/action-error.ts';
export { callOf, resultOf } from './simulate/answers.ts';
export { factsOf } from './simulate/check-step.ts';
export { type Choice } from './simulate/choices.ts';
export { createCoverage, percentOf, type CoverageBook, type FlowCoverage } from './simulate/coverage.ts';
export { type Delivery } from './simulate/deliver.ts';
export { formatDuration, parseDuration } from './simulate/duration.ts';
export { explainFailure, traceLines, type TestFailure } from './simulate/explain-failure.ts';
export { readTests, type TestSuite } from './simulate/read-tests.ts';
export { runTests, type CaseResult } from './simulate/run-tests.ts';
export { saveTest, type RecordedStep } from './simulate/save-test.ts';
export { settingsOf } from './simulate/settings.ts';
export {
  type SimulatedContact,
  type SimulatedTurn,
  type SimulationOptions,
  type SimulationView,
} from './simulate/simulated.ts';
export { createSimulation, type Simulation } from './simulate/simulation.ts';
export { type Answer } from './simulate/test-file.ts';
export { updateTests } from './simulate/update-tests.ts';
export { turn, type TurnOptions } from './turn.ts';
