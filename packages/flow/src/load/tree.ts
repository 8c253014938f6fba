import { type Json } from '@alur/types';
import { type Scope } from '../expression/scope.ts';
import { type Template } from '../expression/template.ts';

/** A value of a config whose strings are templates. */
export interface Tree {
  render: (scope: Scope) => Json;
  /** The value as far as it is known when the file is loaded: computed strings hold their fixed parts only. */
  fixed: Json;
  /** Where computed strings stand. */
  computed: (string | number)[][];
}

type CompileText = (text: string, path: readonly (string | number)[]) => Template;

// What Meta wants as text. A number from the state is written out there; elsewhere (`latitude`) it stays a number.
const TEXT_KEYS: ReadonlySet<string> = new Set([
  ...[
    'text',
    'title',
    'description',
    'id',
    'caption',
    'filename',
    'file',
    'name',
    'address',
    'payload',
    'link',
  ],
  ...[
    'url',
    'message',
    'display_text',
    'emoji',
    'message_id',
    'button',
    'code',
    'coupon_code',
    'fallback_value',
  ],
  ...[
    'formatted_name',
    'first_name',
    'last_name',
    'middle_name',
    'prefix',
    'suffix',
    'phone',
    'wa_id',
    'email',
  ],
  ...['catalog_id', 'product_retailer_id', 'thumbnail_product_retailer_id', 'reference_id'],
  ...['flow_id', 'flow_name', 'flow_token', 'flow_cta', 'screen'],
]);

export function compileTree(
  value: Json,
  path: readonly (string | number)[],
  compile: CompileText,
  options: { keepsTypes?: boolean } = {},
): Tree {
  if (typeof value === 'string') {
    return textTree(compile(value, path), options.keepsTypes ? undefined : path.at(-1));
  }
  if (typeof value !== 'object' || value === null) return fixedTree(value);
  const inner = (item: Json, key: string | number): [string | number, Tree] => [
    key,
    compileTree(item, [...path, key], compile, options),
  ];
  const isList = Array.isArray(value);
  const entries = isList ? value.map(inner) : Object.entries(value).map(([key, item]) => inner(item, key));
  return entries.every(([, { computed }]) => computed.length === 0)
    ? fixedTree(value)
    : computedTree(entries, isList);
}

function fixedTree(value: Json): Tree {
  return { render: () => value, fixed: value, computed: [] };
}

function computedTree(entries: readonly [string | number, Tree][], isList: boolean): Tree {
  const collect = (pick: (tree: Tree) => Json): Json =>
    isList
      ? entries.map(([, tree]) => pick(tree))
      : Object.fromEntries(entries.map(([key, tree]) => [key, pick(tree)]));
  return {
    render: (scope) => collect((tree) => tree.render(scope)),
    fixed: collect((tree) => tree.fixed),
    computed: entries.flatMap(([key, tree]) => tree.computed.map((rest) => [key, ...rest])),
  };
}

function textTree(template: Template, key: string | number | undefined): Tree {
  const asText = typeof key === 'string' && TEXT_KEYS.has(key);
  return {
    render: asText ? template.render : template.value,
    fixed: template.fixedText,
    computed: template.isFixed ? [] : [[]],
  };
}
