import { didYouMean } from '@alur/types';
import { type Comparison, type DefinitionFault, type SentPart, parametersOf } from './definition-fault.ts';

/** Text parameters of a body or a header against the variables of its text. `part` is missing where the send has none. */
export function compareParameters(
  owner: 'body' | 'header',
  variables: readonly string[],
  part: SentPart | undefined,
  comparison: Comparison,
): DefinitionFault[] {
  if (!part) return variables.length === 0 ? [] : [missingPart(owner, variables)];
  const parameters = parametersOf(part, comparison);
  if (!parameters) return [];
  const path = [...part.path, 'parameters'];
  const names = parameters.map((each) => each['parameter_name']);
  const wrongWay = names.findIndex((name) => (name === undefined) === comparison.named);
  if (variables.length > 0 && wrongWay >= 0)
    return [wayFault(comparison.named, variables, [...path, wrongWay])];
  const unknown = comparison.named ? unknownNames(names, variables, path, comparison) : [];
  if (unknown.length > 0) return unknown;
  if (parameters.length === variables.length)
    return comparison.named ? missingNames(names, variables, path, comparison) : [];
  const message = `The ${owner} of this template takes ${counted(variables.length)}, and the send has ${parameters.length}`;
  const fix = variables.length === 0 ? `leave the ${owner}'s parameters out` : `it takes ${shown(variables)}`;
  return [{ code: 'E306', path: 'parameters' in part.fields ? path : part.path, message, fix }];
}

function missingPart(owner: string, variables: readonly string[]): DefinitionFault {
  const message = `The ${owner} of this template takes ${counted(variables.length)}, and the send has none`;
  const fix = `add a component of type \`${owner}\` with ${shown(variables)}`;
  return { code: 'E306', path: [], message, fix };
}

function wayFault(
  named: boolean,
  variables: readonly string[],
  path: DefinitionFault['path'],
): DefinitionFault {
  return named
    ? {
        code: 'E306',
        path,
        message: 'This template takes its parameters by name, and this one has none',
        fix: `give \`parameter_name\`: ${variables.join(', ')}`,
      }
    : {
        code: 'E306',
        path,
        message: 'This template takes its parameters in order, and this one has a name',
        fix: 'leave `parameter_name` out',
      };
}

function unknownNames(
  names: readonly unknown[],
  variables: readonly string[],
  path: DefinitionFault['path'],
  { isComputed }: Comparison,
): DefinitionFault[] {
  return names.flatMap((name, index): DefinitionFault[] => {
    if (isComputed(name) || (typeof name === 'string' && variables.includes(name))) return [];
    const message = 'The template has no parameter of this name';
    const known = `it takes ${shown(variables)}`;
    const fix = typeof name === 'string' ? (didYouMean(name, variables) ?? known) : known;
    return [{ code: 'E306', path: [...path, index, 'parameter_name'], message, fix }];
  });
}

function missingNames(
  names: readonly unknown[],
  variables: readonly string[],
  path: DefinitionFault['path'],
  { isComputed }: Comparison,
): DefinitionFault[] {
  const missing = variables.filter((variable) => !names.includes(variable));
  if (missing.length === 0 || names.some(isComputed)) return [];
  return [
    {
      code: 'E306',
      path,
      message: `The template's parameter \`${missing[0] ?? ''}\` is given no value, and another one two`,
    },
  ];
}

function counted(count: number): string {
  if (count === 0) return 'no parameters';
  return count === 1 ? '1 parameter' : `${count} parameters`;
}

function shown(variables: readonly string[]): string {
  return variables.map((name) => `{{${name}}}`).join(', ');
}
