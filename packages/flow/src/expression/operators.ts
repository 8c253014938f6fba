import { NoValue } from './failure.ts';
import { nameTypes, typeOfValue } from './value-type.ts';
import { bounded, same, text, wrongType } from './values.ts';

// What the operators of an expression do. The CEL library keeps integers and doubles apart; here numbers mix: what a flow
// reads is a double, what an author writes is an integer, and `last_message_time + 86400` must not be a type error. Two
// integers stay integers, as in CEL: `7 / 2` is 3.

export const ADDITIVE: readonly string[] = ['+', '-'];
export const MULTIPLICATIVE: readonly string[] = ['*', '/', '%'];
export const ORDERING: readonly string[] = ['<', '<=', '>', '>='];

/** Every step keeps the limits, so that no detour through infinity comes to a number again. */
export function calculate(operator: string, left: unknown, right: unknown): unknown {
  if (typeof left === 'number' && typeof right === 'number') return bounded(doubles(operator, left, right));
  if (typeof left === 'bigint' && typeof right === 'bigint') return bounded(integers(operator, left, right));
  if (isNumber(left) && isNumber(right)) return bounded(doubles(operator, Number(left), Number(right)));
  if (operator === '+') {
    if (typeof left === 'string' && typeof right === 'string') return bounded(left + right);
    if (Array.isArray(left) && Array.isArray(right)) {
      const both: unknown[] = left.concat(right);
      return bounded(both);
    }
  }
  throw misfit(operator, left, right);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function doubles(operator: string, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / notZero(right);
    default:
      return left % notZero(right);
  }
}

function integers(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return left / notZero(right);
    default:
      return left % notZero(right);
  }
}

function notZero<Value extends number | bigint>(value: Value): Value {
  if (value !== 0 && value !== 0n) return value;
  throw new NoValue('number', 'division by zero');
}

function misfit(operator: string, left: unknown, right: unknown): NoValue {
  const types = [typeOfValue(left), typeOfValue(right)] as const;
  const sides = `\`${operator}\` has ${nameTypes(types[0])} and ${nameTypes(types[1])}`;
  return new NoValue(types.includes('null') ? 'missing' : 'type', sides);
}

export function negate(value: unknown): unknown {
  if (typeof value === 'number' || typeof value === 'bigint') return -value;
  if (value === null) throw new NoValue('missing', '`-` has nothing behind it');
  throw wrongType(value, '`-` needs a number');
}

/** Numbers by size, texts by code unit. Null is before and after nothing: it compares as "not so". */
export function compare(operator: string, left: unknown, right: unknown): boolean {
  if (left === null || right === null) return false;
  if (isNumber(left) && isNumber(right)) return ordered(operator, Number(left) - Number(right));
  if (typeof left !== 'string' || typeof right !== 'string') throw misfit(operator, left, right);
  return ordered(operator, left < right ? -1 : left > right ? 1 : 0);
}

function ordered(operator: string, difference: number): boolean {
  switch (operator) {
    case '<':
      return difference < 0;
    case '<=':
      return difference <= 0;
    case '>':
      return difference > 0;
    default:
      return difference >= 0;
  }
}

export function isIn(value: unknown, group: unknown): boolean {
  if (group === null) return false;
  if (Array.isArray(group)) return group.some((item) => same(item, value));
  if (typeof group !== 'object') throw wrongType(group, '`in` needs a list or map on its right');
  return typeof value === 'string' && Object.hasOwn(group, value);
}

/** A name where true or false is needed: null is false, anything else that is no bool is an error. */
export function flag(value: unknown): boolean {
  if (value === null) return false;
  if (typeof value === 'boolean') return value;
  throw wrongType(value, 'true or false is needed');
}

/** A part of a value; null where there is none. Own properties only. */
export function part(value: unknown, key: unknown): unknown {
  if (typeof value !== 'object' || value === null) return null;
  const name = text(key);
  if (Array.isArray(value) && !/^\d+$/.test(name)) return null;
  const found: unknown = Object.getOwnPropertyDescriptor(value, name)?.value;
  return found ?? null;
}

/** What a list function goes through: a list's items, a map's keys, nothing for null. */
export function itemsOf(value: unknown): unknown {
  if (value === null) return [];
  if (typeof value !== 'object') throw wrongType(value, 'a list or map is needed');
  return bounded(Array.isArray(value) ? value : Object.keys(value));
}
