import { DEFINITION_FINDINGS } from './findings/definition-findings.ts';
import { EXPRESSION_FINDINGS } from './findings/expression-findings.ts';
import { FILE_FINDINGS } from './findings/file-findings.ts';
import { MESSAGE_FINDINGS } from './findings/message-findings.ts';
import { NODE_FINDINGS } from './findings/node-findings.ts';
import { OUTSIDE_FINDINGS } from './findings/outside-findings.ts';
import { TRIGGER_FINDINGS } from './findings/trigger-findings.ts';

// To add a code:
// 1. Put an entry into the group in `findings/` that it belongs to, with `error({…})` or `warning({…})`: title, explanation,
//    at least one example that fails and one that passes. Without them it does not compile. E1xx and W1xx are of structure,
//    E2xx and W2xx of expressions, E3xx of messages.
// 2. `fails(flow('…nodes…'), [line, 'text under the carets'])` says where the finding stands; nodes begin in line 4. Name in
//    `also` what else the same slip brings; nothing else may be reported. `passes(…)` may have other findings, not this one.
// 3. Report it: from a rule in `load/rules/`, or where the thing is compiled.
// 4. `ALUR_UPDATE_DOCS=1 npm run jest -- test/docs/findings` writes docs/findings.md; `alur explain` has it by itself.
// `findings/findings.test.ts` runs all examples.

/**
 * Every code that a check of flows can report. Codes are stable: one that is no longer used is not given again, as E108
 * ("not available yet").
 */
export const FINDING_CODES = {
  ...FILE_FINDINGS,
  ...NODE_FINDINGS,
  ...TRIGGER_FINDINGS,
  ...EXPRESSION_FINDINGS,
  ...MESSAGE_FINDINGS,
  ...DEFINITION_FINDINGS,
  ...OUTSIDE_FINDINGS,
};

export type FindingCode = keyof typeof FINDING_CODES;
