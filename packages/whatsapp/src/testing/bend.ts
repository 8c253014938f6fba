import { type Json, type JsonObject } from '@alur/types';

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Makes choices of a seed. */
export interface Dice {
  chance: (probability: number) => boolean;
  /** From 0 up to and without `below`. */
  upTo: (below: number) => number;
  pick: <T>(list: readonly [T, ...T[]]) => T;
}

export function createDice(seed: number): Dice {
  const random = createRandom(seed);
  const upTo = (below: number) => Math.floor(random() * below);
  return {
    chance: (probability) => random() < probability,
    upTo,
    pick: (list) => list[upTo(list.length)] ?? list[0],
  };
}

/** Levels that one bend adds at most; three on top of each other stay well within what is read. */
const NEST_MAX = 8;
const HUGE_CHARS = 70_000;

const ODD: readonly [Json, ...Json[]] = [
  ...([
    null,
    true,
    false,
    0,
    -1,
    0.5,
    -0,
    1e21,
    1e308,
    9_007_199_254_740_993,
    '',
    ' ',
    '0',
    'NaN',
    '1e9',
  ] as const),
  ...['__proto__', 'constructor', 'toString', 'undefined', 'null', '{{contact.name}}', '../../x', '\r\nx: y'],
  ...['\u0000', 'a\u0000b', '\ud800', '\udc00x', '\u202eevil', '\ufeff', '😀'.repeat(40), '1739321024000'],
  ...[
    '{"a":',
    '[]',
    '{}',
    '"',
    '\\',
    'wamid.',
    '-5',
    '+1 (555) 078-3881',
    'US.ENT.1',
    'us.1',
    'x'.repeat(600),
  ],
  ...[
    [],
    {},
    [[]],
    [null],
    { id: null },
    { type: 'text' },
    [0, 'x', {}],
    { constructor: { prototype: { x: 1 } } },
  ],
];
/** Objects that pass for something else until they are compared or made a text. */
const POSING: readonly [Json, ...Json[]] = [
  { length: [{ toString: [] }] },
  { length: 1, 0: 'x' },
  { toString: 1, valueOf: 1 },
  { toJSON: 'x' },
];
const KEYS: readonly [string, ...string[]] = [
  ...(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'length', ''] as const),
  ...['id', 'type', 'from', 'timestamp', 'errors', 'context', 'group_id', 'from_user_id', 'referral', 'text'],
];

/** The value with `count` places made other than Meta would: gone, of another type, deeper, twice, huge, misnamed. */
export function bend(value: Json, count: number, dice: Dice): Json {
  let bent = value;
  for (let done = 0; done < count; done += 1) bent = bendOne(bent, dice);
  return bent;
}

function bendOne(value: Json, dice: Dice): Json {
  const isInner = isParent(value) && Object.keys(value).length > 0 && !dice.chance(0.15);
  if (!isInner) return odd(value, dice);
  const keys = Object.keys(value);
  const key = keys[dice.upTo(keys.length)] ?? '';
  if (Array.isArray(value)) return bendElement(value, Number(key), dice);
  return bendMember(value, key, dice);
}

function bendElement(list: readonly Json[], at: number, dice: Dice): Json[] {
  const element = list[at] ?? null;
  if (dice.chance(0.1)) return list.toSpliced(at, 1);
  if (dice.chance(0.1))
    return list.toSpliced(at, 0, ...Array.from({ length: 1 + dice.upTo(4) }, () => element));
  return list.with(at, bendOne(element, dice));
}

function bendMember(object: JsonObject, key: string, dice: Dice): JsonObject {
  const { [key]: member = null, ...others } = object;
  if (dice.chance(0.12)) return others;
  if (dice.chance(0.06)) return withMember(others, dice.pick(KEYS), member);
  if (dice.chance(0.06)) return withMember(object, dice.pick(KEYS), dice.pick(ODD));
  return withMember(object, key, bendOne(member, dice));
}

// A computed name makes a member of `__proto__` too, as JSON does; an assignment would set the prototype.
function withMember(object: JsonObject, key: string, value: Json): JsonObject {
  return { ...object, [key]: value };
}

function odd(value: Json, dice: Dice): Json {
  if (dice.chance(0.15)) return nested(value, 1 + dice.upTo(NEST_MAX), dice);
  if (dice.chance(0.15)) return retyped(value);
  if (dice.chance(0.002)) return 'x'.repeat(HUGE_CHARS);
  if (typeof value === 'string' && dice.chance(0.3)) return spoilt(value, dice);
  return dice.chance(0.1) ? dice.pick(POSING) : dice.pick(ODD);
}

function nested(value: Json, levels: number, dice: Dice): Json {
  let deep = value;
  for (let level = 0; level < levels; level += 1)
    deep = dice.chance(0.5) ? [deep] : withMember({}, dice.pick(KEYS), deep);
  return deep;
}

function retyped(value: Json): Json {
  if (typeof value === 'string') return value === '' || Number.isNaN(Number(value)) ? [value] : Number(value);
  if (typeof value === 'number') return String(value);
  return Array.isArray(value) ? { ...value } : [value];
}

function spoilt(text: string, dice: Dice): string {
  const at = dice.upTo(text.length + 1);
  return text.slice(0, at) + dice.pick(['\ud83d', '\u0000', '\u200f', ' ', 'é', '0', '.']) + text.slice(at);
}

function isParent(value: Json): value is JsonObject | Json[] {
  return typeof value === 'object' && value !== null;
}
