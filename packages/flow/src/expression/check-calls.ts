import { didYouMean } from '@alur/types';
import { RE2JS } from 're2js';
import { LIST_FUNCTIONS } from './ast.ts';
import { FUNCTIONS } from './functions.ts';
import { foreignCall } from './hints.ts';
import { METHODS } from './methods.ts';
import { type ExpressionProblem } from './problem.ts';
import { type UsedCall } from './rewrite.ts';

const FUNCTION_NAMES = new Set([...FUNCTIONS.map(({ name }) => name), 'has']);
const METHOD_NAMES = new Set([...METHODS.map(({ name }) => name), ...LIST_FUNCTIONS]);

/** Functions and methods that do not exist, and patterns that are none. */
export function checkCalls(calls: readonly UsedCall[]): ExpressionProblem[] {
  return calls.flatMap((call): ExpressionProblem[] => {
    const { name, start, end } = call;
    if (name === 'matches') {
      const message = '`matches` is refused: its running time has no limit';
      return [{ code: 'E203', message, fix: 'write `re(text, "pattern")`', start, end }];
    }
    const [known, others] = call.method ? [METHOD_NAMES, FUNCTION_NAMES] : [FUNCTION_NAMES, METHOD_NAMES];
    if (known.has(name)) return name === 're' ? checkPattern(call) : [];
    const message = `There is no ${call.method ? 'method' : 'function'} \`${name}\``;
    const turned = call.method ? `write \`${name}(x)\`` : `write \`x.${name}()\``;
    const fix = foreignCall(name) ?? (others.has(name) ? turned : didYouMean(name, [...known]));
    return [{ code: 'E203', message, fix, start, end }];
  });
}

// A pattern that could come from a contact would make their text a program.
function checkPattern({ args, start, end }: UsedCall): ExpressionProblem[] {
  const pattern = args[1]?.op === 'value' ? args[1].args : undefined;
  if (typeof pattern !== 'string') {
    return [{ code: 'E204', message: 'The pattern of `re` must be a text in quotes', start, end }];
  }
  try {
    RE2JS.compile(pattern);
    return [];
  } catch {
    const fix = 'patterns are of the RE2 kind: no look-around, no back references, `\\\\` for a backslash';
    return [{ code: 'E204', message: `"${pattern}" is no regular expression`, fix, start, end }];
  }
}
