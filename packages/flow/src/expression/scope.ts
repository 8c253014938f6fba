import { type Json, type JsonObject } from '@alur/types';

/** What names stand for while a run goes on. */
export interface Scope {
  /** The engine's own names: message, contact, now, … */
  roots: Readonly<JsonObject>;
  state: Readonly<JsonObject>;
  input: Readonly<JsonObject>;
  /** The file's `variables`. */
  flow: Readonly<JsonObject>;
  /** Results of nodes, by the name in `output`. */
  outputs: Readonly<JsonObject>;
}

/** The value of a path; null when any part of it has none. A bare name reads state, input, flow, then outputs. */
export function lookUp(scope: Scope, path: readonly string[]): Json {
  const [root = '', ...rest] = path;
  if (root === 'message' && rest.length === 0) return walk(own(scope.roots, 'message'), ['text']);
  return walk(rootValue(scope, root), rest);
}

function rootValue(scope: Scope, root: string): Json {
  if (root === 'state') return scope.state;
  if (root === 'input') return scope.input;
  if (root === 'flow') return scope.flow;
  if (Object.hasOwn(scope.roots, root)) return own(scope.roots, root);
  const home = [scope.state, scope.input, scope.flow, scope.outputs].find((values) =>
    Object.hasOwn(values, root),
  );
  return home === undefined ? null : own(home, root);
}

function walk(start: Json, path: readonly string[]): Json {
  let value = start;
  for (const part of path) value = own(value, part);
  return value;
}

// Own properties only: a path such as `x.constructor` must find nothing.
function own(value: Json, key: string): Json {
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return /^\d+$/.test(key) ? (value[Number(key)] ?? null) : null;
  return Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}
