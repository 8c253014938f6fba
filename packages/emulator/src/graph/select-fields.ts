import { type Refusal, badParameter } from './refusal.ts';

/** What may be asked for of a kind of object, each by its name; `usual` comes when nothing is asked for. */
export interface FieldTable<T> {
  /** Meta's name of the kind, for refusals. */
  node: string;
  usual: readonly string[];
  fields: Readonly<Record<string, (object: T) => unknown>>;
}

/**
 * The members that `fields` names, and the id in any case; those without a value are left out. Refused when it names one
 * that there is not.
 */
export function selectFields<T>(
  table: FieldTable<T>,
  object: T,
  asked: unknown,
): { json: Record<string, unknown> } | { refusal: Refusal } {
  const given = typeof asked === 'string' ? namesOf(asked) : [];
  const names = given.length === 0 ? table.usual : given;
  const json: Record<string, unknown> = {};
  for (const name of [...names.filter((field) => field !== 'id'), 'id']) {
    const read = Object.hasOwn(table.fields, name) ? table.fields[name] : undefined;
    if (!read) return { refusal: unknownField(name, table.node) };
    const value = read(object);
    if (value !== undefined) json[name] = value;
  }
  return { json };
}

/** 100, as it comes for a field and for an edge that there is not. */
export function unknownField(name: string, node: string): Refusal {
  return badParameter(`Tried accessing nonexisting field (${name}) on node type (${node})`);
}

/** `a,b{c,d}.limit(5)` asks for a and b: what is asked of their members is given in any case. */
function namesOf(fields: string): string[] {
  let outer = fields;
  for (let before = ''; before !== outer;) {
    before = outer;
    outer = outer.replace(/\{[^{}]*\}|\.\w+\([^()]*\)|\([^()]*\)/g, '');
  }
  return outer
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
