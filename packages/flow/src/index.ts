export { checkFragment } from './check-fragment.ts';
export { describeTriggers } from './describe-triggers.ts';
export { type Finding, type FlowSource } from './finding.ts';
export { FINDING_CODES } from './finding-codes.ts';
export { loadFlows, type LoadResult } from './load-flows.ts';
export { type FlowSet } from './run/flow-set.ts';
export { type OptOutOptions } from './run/take-wish.ts';
export { turn } from './turn.ts';
