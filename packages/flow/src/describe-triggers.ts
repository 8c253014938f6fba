import { type FlowSet } from './run/flow-set.ts';

/** One line for each trigger, in the order in which they are asked. */
export function describeTriggers({ triggers }: FlowSet): string[] {
  return triggers.map(({ label, flow, target }, index) => `${index + 1}. ${label} → ${flow}/${target}`);
}
