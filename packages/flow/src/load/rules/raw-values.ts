import { type YamlPath } from '../yaml-file.ts';

// Rules look at what the author wrote, not at what a schema made of it: a node that is half right is checked, too.

export function valueAt(value: unknown, path: YamlPath): unknown {
  let found = value;
  for (const key of path) {
    if (Array.isArray(found)) found = typeof key === 'number' ? found[key] : undefined;
    else found = isRecord(found) && Object.hasOwn(found, key) ? found[String(key)] : undefined;
  }
  return found;
}

export function listAt(value: unknown, path: YamlPath): readonly unknown[] {
  const list = valueAt(value, path);
  return Array.isArray(list) ? list : [];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Known when the flow runs only. */
export function isComputed(value: unknown): boolean {
  return typeof value === 'string' && value.includes('{{');
}

export interface Leaf {
  value: unknown;
  path: YamlPath;
}

/** Every value that holds no others. */
export function leavesOf(value: unknown, path: YamlPath): Leaf[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  if (isRecord(value)) return Object.entries(value).flatMap(([key, item]) => leavesOf(item, [...path, key]));
  return [{ value, path }];
}
