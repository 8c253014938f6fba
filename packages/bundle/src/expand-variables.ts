import type { Problem } from './problem.ts';
import { isRecord, type Path, type YamlText } from './yaml-text.ts';

export type Env = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\$\{|\$\{([A-Za-z_][A-Za-z0-9_]{0,127})(?::-([^}]*))?\}|\$\{/g;
const WHOLE = /^\$\{[A-Za-z_][^}]*\}$/;
const SWITCHES = new Set<PropertyKey>(['enabled']);
const COUNTS = new Set<PropertyKey>(['throughput']);

/**
 * Puts the environment's values in for `${NAME}` and `${NAME:-default}` in every text of the value; `$${` stands for `${`. As in a
 * shell, the default also stands in for an empty variable. Problems name the variable, never a value.
 */
export function expandVariables(source: YamlText, env: Env): { value: unknown; problems: Problem[] } {
  const problems: Problem[] = [];
  const expand = (value: unknown, path: Path): unknown => {
    if (Array.isArray(value)) return value.map((item: unknown, index) => expand(item, [...path, index]));
    if (isRecord(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, expand(inner, [...path, key])]),
      );
    }
    if (typeof value !== 'string' || !value.includes('${')) return value;
    const { text, faults } = expandText(value, env);
    const at = { file: source.file, ...source.place(path, 'value') };
    problems.push(...faults.map((fault) => ({ ...at, ...fault })));
    return WHOLE.test(value) ? typed(text, path.at(-1)) : text;
  };
  return { value: expand(source.value, []), problems };
}

/** A text that stays as it is when its variables are put in. */
export function escapeVariables(text: string): string {
  return text.replaceAll('${', () => '$${');
}

type Fault = Pick<Problem, 'message' | 'fix'>;

function expandText(text: string, env: Env): { text: string; faults: Fault[] } {
  const faults: Fault[] = [];
  const expanded = text.replaceAll(REFERENCE, (found, name?: string, otherwise?: string) => {
    if (found === '$${') return '${';
    if (name === undefined) {
      faults.push({
        message: '`${` does not begin a variable here',
        fix: 'write ${NAME} or ${NAME:-default}, and $${ for the text itself',
      });
      return '';
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (otherwise !== undefined) return value === undefined || value === '' ? otherwise : value;
    if (value === undefined) {
      faults.push({ message: `the variable ${name} is not set`, fix: 'set it, or write ${NAME:-default}' });
    }
    return value ?? '';
  });
  return { text: expanded, faults };
}

/** The environment has texts only, and these keys want something else. */
function typed(text: string, key: PropertyKey | undefined): unknown {
  if (key !== undefined && SWITCHES.has(key) && /^(true|false)$/.test(text)) return text === 'true';
  if (key !== undefined && COUNTS.has(key) && /^[0-9]{1,9}$/.test(text)) return Number(text);
  return text;
}
