import { type Json } from '@alur/types';
import { lookUp, type Scope } from '../expression/scope.ts';
import { type Template } from '../expression/template.ts';

/** A value of a config whose strings are templates. */
export interface Tree {
  render: (scope: Scope) => Json;
  /** The value as far as it is known when the file is loaded: computed strings hold their fixed parts only. */
  fixed: Json;
  /** Where computed strings stand. */
  computed: (string | number)[][];
  /** Names that have no value in this scope. */
  withoutValue: (scope: Scope) => string[];
}

type CompileText = (text: string, path: readonly (string | number)[]) => Template;

// What Meta wants as text. A number from the state is written out there; elsewhere (`latitude`) it stays a number.
const TEXT_KEYS = new Set(
  [
    'text',
    'title',
    'description',
    'id',
    'caption',
    'filename',
    'name',
    'address',
    'payload',
    'link',
    'url',
  ].concat(['message', 'display_text', 'emoji', 'message_id', 'button', 'code', 'formatted_name', 'phone']),
);

export function compileTree(value: Json, path: readonly (string | number)[], compile: CompileText): Tree {
  if (typeof value === 'string') return textTree(compile(value, path), path.at(-1));
  if (typeof value !== 'object' || value === null) {
    return { render: () => value, fixed: value, computed: [], withoutValue: () => [] };
  }
  const entries: [string | number, Tree][] = Array.isArray(value)
    ? value.map((item, index) => [index, compileTree(item, [...path, index], compile)])
    : Object.entries(value).map(([key, item]) => [key, compileTree(item, [...path, key], compile)]);
  const collect = (pick: (tree: Tree) => Json): Json =>
    Array.isArray(value)
      ? entries.map(([, tree]) => pick(tree))
      : Object.fromEntries(entries.map(([key, tree]) => [key, pick(tree)]));
  return {
    render: (scope) => collect((tree) => tree.render(scope)),
    fixed: collect((tree) => tree.fixed),
    computed: entries.flatMap(([key, tree]) => tree.computed.map((rest) => [key, ...rest])),
    withoutValue: (scope) => entries.flatMap(([, tree]) => tree.withoutValue(scope)),
  };
}

function textTree(template: Template, key: string | number | undefined): Tree {
  const asText = typeof key === 'string' && TEXT_KEYS.has(key);
  return {
    render: asText ? template.render : template.value,
    fixed: template.fixedText,
    computed: template.isFixed ? [] : [[]],
    withoutValue: (scope) => template.reads.filter((name) => lookUp(scope, name.split('.')) === null),
  };
}
