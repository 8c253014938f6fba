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
  /** What expressions may still cost in this turn; every evaluation takes from it. Without it nothing is counted. */
  meter?: { left: number };
  /** Takes the names that had no value where a text was written. */
  missing?: Set<string>;
}

/** The value of a path; null when any part of it has none. A bare name reads state, input, flow, then outputs. */
export function lookUp(scope: Scope, path: readonly string[]): Json {
  const root = path[0] ?? '';
  let value = rootValue(scope, root);
  if (path.length === 1) return root === 'message' ? partAt(value, 'text') : value;
  for (let index = 1; index < path.length; index += 1) value = partAt(value, path[index] ?? '');
  return value;
}

function rootValue({ roots, state, input, flow, outputs }: Scope, root: string): Json {
  if (Object.hasOwn(roots, root)) return roots[root] ?? null;
  if (root === 'state') return state;
  if (root === 'input') return input;
  if (root === 'flow') return flow;
  if (Object.hasOwn(state, root)) return state[root] ?? null;
  if (Object.hasOwn(input, root)) return input[root] ?? null;
  if (Object.hasOwn(flow, root)) return flow[root] ?? null;
  return Object.hasOwn(outputs, root) ? (outputs[root] ?? null) : null;
}

/** A part of a value, null where there is none. Own properties only: `x.constructor` must find nothing. */
function partAt(value: Json, key: string): Json {
  if (typeof value !== 'object' || value === null) return null;
  if (Array.isArray(value)) return /^\d+$/.test(key) ? (value[Number(key)] ?? null) : null;
  return Object.hasOwn(value, key) ? (value[key] ?? null) : null;
}
