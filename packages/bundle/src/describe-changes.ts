import { isRecord, parseYamlText } from './yaml-text.ts';

/**
 * What is different between two texts of bundle.yaml, a line for each value: `tenants.acme.teams.shop.enabled: true -> false`. Addresses
 * are shown without their queries, which may hold a key.
 */
export function describeChanges(before: string | undefined, after: string): string[] {
  const old = leavesOf(before ?? '{}');
  const now = leavesOf(after);
  const changed = [...now].flatMap(([path, value]) => {
    const was = old.get(path);
    if (was === value) return [];
    return [was === undefined ? `${path}: ${value}` : `${path}: ${was} -> ${value}`];
  });
  const gone = [...old.keys()].filter((path) => !now.has(path)).map((path) => `${path}: left out`);
  return [...changed, ...gone];
}

function leavesOf(text: string): Map<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, path: string): void => {
    const to = (step: string) => (path === '' ? step : `${path}.${step}`);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) walk(item, to(nameOf(item) ?? String(index + 1)));
    } else if (isRecord(value)) {
      for (const [key, inner] of Object.entries(value)) if (!isName(key)) walk(inner, to(key));
    } else {
      leaves.set(path, shown(value));
    }
  };
  walk(parseYamlText('', text).value, '');
  return leaves;
}

/** What a list's entry is known by, in whatever place it stands. */
function nameOf(item: unknown): string | undefined {
  const name = isRecord(item) ? (item['phone_number_id'] ?? item['id']) : undefined;
  return typeof name === 'string' || typeof name === 'number' ? String(name) : undefined;
}

function isName(key: string): boolean {
  return key === 'id' || key === 'phone_number_id';
}

function shown(value: unknown): string {
  return JSON.stringify(typeof value === 'string' ? value.replace(/\?.*$/s, '?...') : value);
}
