import { type Json } from '@alur/types';
import { NoValue } from './failure.ts';
import { nameTypes, typeOfValue } from './value-type.ts';

// What values may be, and what becomes of them on the way in and out of an expression. An integer of CEL is a bigint,
// what a flow reads is a number; both are one kind for an author.

/** Characters of a text that an expression makes. */
export const TEXT_MAX = 65_536;
/** Items of a list that an expression makes or goes through. */
export const LIST_MAX = 10_000;
/** Characters of a whole value; every item counts as eight. */
export const VALUE_MAX = 262_144;
/** Beyond it, just below 2^53, a number is no longer exact. */
export const NUMBER_MAX = Number.MAX_SAFE_INTEGER;

/** Anything plain as text; null is nothing. Numbers are written without what binary fractions add. */
export function text(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
      return numberText(value);
    case 'bigint':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return '';
      throw wrongType(value, 'a text is needed');
  }
}

export function numberText(value: number): string {
  return String(Number(value.toPrecision(15)));
}

export function wrongType(value: unknown, need: string): NoValue {
  return new NoValue('type', `${need}, and it got ${nameTypes(typeOfValue(value))}`);
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** A number, or a text that is one in ASCII digits. */
export function number(value: unknown): number {
  if (value === null) throw new NoValue('missing', 'a number is needed, and nothing is there');
  if (typeof value === 'number' || typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') throw wrongType(value, 'a number is needed');
  if (!NUMBER.test(value.trim())) throw new NoValue('number', 'a text is no number');
  return finite(Number(value));
}

/** A count or position: a whole number in a range. */
export function whole(value: unknown, { from, to }: { from: number; to: number }): number {
  const result = number(value);
  if (Number.isInteger(result) && result >= from && result <= to) return result;
  throw new NoValue('argument', `a whole number from ${from} to ${to} is needed`);
}

function finite(value: number): number {
  if (Number.isFinite(value) && Math.abs(value) <= NUMBER_MAX) return value;
  throw new NoValue('number', 'the result is not finite, or beyond 2^53');
}

/** The value again, if it keeps the limits. */
export function bounded(value: unknown): unknown {
  switch (typeof value) {
    case 'number':
      return finite(value);
    case 'bigint':
      finite(Number(value));
      return value;
    case 'string':
      return limited(value, value.length, TEXT_MAX, 'characters');
    default:
      return Array.isArray(value) ? limited(value, value.length, LIST_MAX, 'items') : value;
  }
}

function limited<Value>(value: Value, size: number, max: number, unit: string): Value {
  if (size <= max) return value;
  throw new NoValue('too_large', `it comes to more than ${max} ${unit}`);
}

/** Characters of many texts together must fit one. */
export function boundTogether(texts: readonly string[], between: number): readonly string[] {
  const size = texts.reduce((sum, each) => sum + each.length, between * Math.max(0, texts.length - 1));
  return limited(texts, size, TEXT_MAX, 'characters');
}

/** Whether two values are the same; an integer is the same as the number that it equals. */
export function same(left: unknown, right: unknown): boolean {
  if (left === right) return true;
  if (typeof left === 'bigint' || typeof right === 'bigint') {
    return (
      typeOfValue(left) === 'number' && typeOfValue(right) === 'number' && Number(left) === Number(right)
    );
  }
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return left.every((item, index) => same(item, right[index]));
  }
  const others = new Map<string, unknown>(Object.entries(right));
  const entries = Object.entries(left);
  return (
    entries.length === others.size &&
    entries.every(([key, item]) => others.has(key) && same(item, others.get(key)))
  );
}

/** A result as it may leave an expression: JSON, with numbers that are numbers, in bounded size. */
export function toJson(value: unknown, room = { left: VALUE_MAX }): Json {
  switch (typeof value) {
    case 'boolean':
      return value;
    case 'number':
    case 'bigint':
      bounded(value);
      takeRoom(room, 8);
      // No negative zero: as text and as JSON it is another value than it seems.
      return Number(value) + 0;
    case 'string':
      takeRoom(room, value.length + 8);
      return value;
    default:
      return typeof value === 'object' && value !== null ? aggregate(value, room) : null;
  }
}

function aggregate(value: object, room: { left: number }): Json {
  takeRoom(room, 8);
  if (Array.isArray(value)) return value.map((item) => toJson(item, room));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      takeRoom(room, key.length);
      return [key, toJson(item, room)];
    }),
  );
}

function takeRoom(room: { left: number }, size: number): void {
  room.left -= size;
  if (room.left < 0) throw new NoValue('too_large', `it comes to more than ${VALUE_MAX} characters`);
}
