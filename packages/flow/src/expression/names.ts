import { type Json, type JsonObject } from '@alur/types';
import { isScalar, partOf, typeOfValue, type ValueType } from './value-type.ts';

// What an expression may name. A root with fields has these and no others; one of a plain type holds data whose shape
// somebody else decides (Meta, the contact, the flow itself).

type Fields = Readonly<Record<string, ValueType>>;

const CHOICE: Fields = { id: 'text', title: 'text', description: 'text' };

/** Every root that the engine provides: its type, or its fields with theirs. `list` is an alias of `button`. */
export const ROOTS: Readonly<Record<string, ValueType | Fields>> = {
  message: { text: 'text', id: 'text', type: 'text', subtype: 'text', timestamp: 'number' },
  button: CHOICE,
  list: CHOICE,
  media: {
    type: 'text',
    id: 'text',
    mime_type: 'text',
    sha256: 'text',
    caption: 'text',
    filename: 'text',
    voice: 'bool',
    animated: 'bool',
  },
  location: { latitude: 'number', longitude: 'number', name: 'text', address: 'text', url: 'text' },
  reaction: { message_id: 'text', emoji: 'text' },
  edit: { message_id: 'text', text: 'text' },
  revoke: { message_id: 'text' },
  unsupported: { type: 'text', code: 'number', content: 'any' },
  status: { state: 'text', message_id: 'text', code: 'number', reason: 'text' },
  event: { type: 'text', id: 'text' },
  context: {
    message_id: 'text',
    from_me: 'bool',
    forwarded: 'bool',
    frequently_forwarded: 'bool',
    product: 'map',
  },
  contacts: 'list',
  order: 'map',
  referral: 'map',
  form: 'map',
  contact: {
    name: 'text',
    wa_id: 'text',
    user_id: 'text',
    username: 'text',
    language: 'text',
    tags: 'list',
    opted_out: 'bool',
  },
  last_message_time: 'number',
  now: 'number',
  window: { open: 'bool', expires_at: 'number' },
  limits: { tier: 'text', remaining: 'number' },
  tenant: 'text',
  team: 'text',
  number: 'text',
  prev: 'any',
};

/** What the flows themselves declare. State is the conversation's, so any file of the set may declare it. */
export interface DeclaredNames {
  state: ReadonlySet<string>;
  /** Whether a `state` node computes its key, so that any name may turn out to be set. */
  anyState: boolean;
  input: ReadonlySet<string>;
  /** The file's `variables`: their values give their types. */
  flow: Readonly<JsonObject>;
  outputs: ReadonlySet<string>;
}

export interface UnknownName {
  name: string;
  candidates: string[];
}

function rootOf(name: string): ValueType | Fields | undefined {
  return Object.hasOwn(ROOTS, name) ? ROOTS[name] : undefined;
}

/** The first part of a path that nothing declares, if there is one. */
export function findUnknown(path: readonly string[], declared: DeclaredNames): UnknownName | undefined {
  const [root = '', field] = path;
  const scoped = scopedNames(root, declared);
  if (scoped) {
    if (field === undefined || scoped.includes(field) || (root === 'state' && declared.anyState))
      return undefined;
    return { name: `${root}.${field}`, candidates: scoped.map((each) => `${root}.${each}`) };
  }
  const known = rootOf(root);
  if (known === undefined) return unknownBare(root, declared);
  if (typeof known === 'string' || field === undefined || Object.hasOwn(known, field)) return undefined;
  return { name: `${root}.${field}`, candidates: Object.keys(known).map((name) => `${root}.${name}`) };
}

function scopedNames(root: string, declared: DeclaredNames): string[] | undefined {
  switch (root) {
    case 'state':
      return [...declared.state];
    case 'input':
      return [...declared.input];
    case 'flow':
      return Object.keys(declared.flow);
    default:
      return undefined;
  }
}

function unknownBare(root: string, { state, input, flow, outputs, anyState }: DeclaredNames) {
  const bare = new Set([...state, ...input, ...Object.keys(flow), ...outputs]);
  if (bare.has(root) || anyState) return undefined;
  return { name: root, candidates: [...bare, ...Object.keys(ROOTS), 'state', 'input', 'flow'] };
}

/** What is known of a path's value; `withoutParts` is the type that the path asks for a part of although it has none. */
interface NameType {
  type: ValueType;
  withoutParts?: ValueType;
}

export function typeOfName(path: readonly string[], declared: DeclaredNames): NameType {
  const [root = '', ...parts] = path;
  const known = rootOf(root);
  if (known !== undefined) return typeInRoot(root, known, parts);
  if (root === 'state' || root === 'input' || root === 'flow') {
    if (parts.length === 0) return { type: 'map' };
    return root === 'flow' ? typeInVariables(declared.flow, parts) : { type: 'any' };
  }
  // State and input come before the variables, and what they hold is known at run time only.
  if (declared.state.has(root) || declared.input.has(root)) return { type: 'any' };
  return typeInVariables(declared.flow, path);
}

function typeInRoot(root: string, known: ValueType | Fields, parts: readonly string[]): NameType {
  if (typeof known === 'string') return typeOfPart(known, parts);
  const [field, ...rest] = parts;
  if (field === undefined) return { type: root === 'message' ? 'text' : 'map' };
  return Object.hasOwn(known, field) ? typeOfPart(known[field] ?? 'any', rest) : { type: 'any' };
}

function typeOfPart(type: ValueType, parts: readonly string[]): NameType {
  if (parts.length === 0) return { type };
  return isScalar(type) ? { type: 'any', withoutParts: type } : { type: 'any' };
}

function typeInVariables(variables: Readonly<JsonObject>, path: readonly string[]): NameType {
  let value: Json | undefined = variables;
  for (const [index, key] of path.entries()) {
    value = partOf(value, key);
    if (value === undefined || value === null) return { type: 'any' };
    const type = typeOfValue(value);
    if (type !== 'map') return typeOfPart(type, path.slice(index + 1));
  }
  return { type: 'map' };
}
