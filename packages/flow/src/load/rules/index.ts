import { type ParsedFlow } from '../read-flow.ts';
import { checkAlikeIds } from './alike-ids.ts';
import { checkPatterns } from './greedy-patterns.ts';
import { checkOutputs } from './hidden-outputs.ts';
import { checkIdleKeys } from './idle-keys.ts';
import { checkSilentBranches } from './silent-branches.ts';
import { checkConditions } from './unreachable-conditions.ts';
import { checkUnquotedValues } from './unquoted-values.ts';
import { checkChoices } from './untaken-choices.ts';
import { checkVersion } from './version-text.ts';

/** Rules that look at one file. To add one: a file beside this one, its line here, its code with examples in `findings/`. */
const FILE_RULES: readonly ((flow: ParsedFlow) => void)[] = [
  checkVersion,
  checkUnquotedValues,
  checkConditions,
  checkSilentBranches,
  checkAlikeIds,
  checkOutputs,
  checkPatterns,
  checkIdleKeys,
];

/**
 * Reports what runs, but hardly as it was meant. Also for a bare list of nodes, read as a flow without triggers.
 */
export function checkRules(flows: readonly ParsedFlow[]): void {
  for (const flow of flows) for (const check of FILE_RULES) check(flow);
  checkChoices(flows);
}
