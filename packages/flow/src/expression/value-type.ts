import { type Json } from '@alur/types';

/** What is known of a value before it is there. `any`: nothing. Every type but `null` may turn out to be null. */
export type ValueType = 'any' | 'number' | 'text' | 'bool' | 'list' | 'map' | 'null';

const NAMES: Readonly<Record<ValueType, string>> = {
  any: 'a value',
  number: 'a number',
  text: 'a text',
  bool: 'true or false',
  list: 'a list',
  map: 'a map',
  null: 'null',
};

/** As an author reads it: "a number", "a text, a number or a list". */
export function nameTypes(...types: readonly ValueType[]): string {
  const names = types.map((type) => NAMES[type]);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} or ${last}`;
}

/** Text, number or bool: what has no parts. */
export function isScalar(type: ValueType): boolean {
  return type === 'number' || type === 'text' || type === 'bool';
}

/** The type of a value that is there; integers of the CEL library are numbers. */
export function typeOfValue(value: unknown): ValueType {
  switch (typeof value) {
    case 'string':
      return 'text';
    case 'number':
    case 'bigint':
      return 'number';
    case 'boolean':
      return 'bool';
    default:
      if (value === null || value === undefined) return 'null';
      return Array.isArray(value) ? 'list' : 'map';
  }
}

/** The value of a part of a value that is known when the file is loaded. */
export function partOf(value: Json, key: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.hasOwn(value, key) ? value[key] : undefined;
}
