import { type DeclaredNames } from '../expression/names.ts';
import { type ParsedFlow } from './read-flow.ts';

/** What a file's expressions may name. State is the conversation's, so all files of the set declare it together. */
export function declaredNames(all: readonly ParsedFlow[]): (flow: ParsedFlow) => DeclaredNames {
  const state = new Set<string>();
  const outputs = new Set<string>();
  let anyState = false;
  for (const { declares, output } of all.flatMap(({ nodes }) => nodes)) {
    for (const key of declares.state ?? []) state.add(key);
    for (const name of declares.outputs ?? []) outputs.add(name);
    if (output !== undefined) outputs.add(output);
    anyState ||= declares.anyState === true;
  }
  return ({ frame }) => ({
    state,
    anyState,
    input: new Set(frame.input ?? []),
    flow: frame.variables ?? {},
    outputs,
  });
}
