import { type DeclaredNames } from '../expression/names.ts';
import { type ParsedFlow } from './read-flow.ts';

/** What a file's expressions may name. State is the conversation's, so all files of the set declare it together. */
export function declaredNames(flow: ParsedFlow, all: readonly ParsedFlow[]): DeclaredNames {
  const everyNode = all.flatMap(({ nodes }) => nodes);
  return {
    state: new Set(everyNode.flatMap(({ declares }) => declares.state ?? [])),
    anyState: everyNode.some(({ declares }) => declares.anyState ?? false),
    input: new Set(flow.frame.input ?? []),
    flow: new Set(Object.keys(flow.frame.variables ?? {})),
    outputs: new Set(
      everyNode.flatMap(({ declares, output }) => [
        ...(declares.outputs ?? []),
        ...(output === undefined ? [] : [output]),
      ]),
    ),
  };
}
