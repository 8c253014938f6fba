import { readFileSync, statSync } from 'node:fs';

/** What is needed of a schema: zod's `safeParse`, by its shape, so that this package does without zod. */
export interface ConfigSchema<T> {
  safeParse(
    input: unknown,
  ):
    | { success: true; data: T }
    | { success: false; error: { issues: readonly { path: readonly PropertyKey[]; message: string }[] } };
}

/** One variable and what it should have been. The value itself is never told: it may be a secret. */
export interface ConfigProblem {
  variable: string;
  expected: string;
}

/** The environment cannot be used; names every variable at fault. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code = 'config_invalid';
  readonly exitCode = 3;
  readonly problems: readonly ConfigProblem[];
  constructor(problems: readonly ConfigProblem[]) {
    const list = problems.map(({ variable, expected }) => `${variable}: ${expected}`).join('; ');
    super(`Cannot use the environment: ${list}`);
    this.problems = problems;
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

const FILE_BYTES_MAX = 65_536;

/**
 * Reads the variables `names` and parses them as one object with those names as keys. `<NAME>_FILE` names a file that
 * holds the value instead (its last line break is dropped). An empty variable is one that is not set.
 * Throws `ConfigError` with all problems at once.
 */
export function readConfig<T>(schema: ConfigSchema<T>, env: Environment, names: readonly string[]): T {
  const problems: ConfigProblem[] = [];
  const values = names.flatMap((name) => {
    const value = readVariable(env, name, problems);
    return value === undefined ? [] : [[name, value] as const];
  });
  const result = schema.safeParse(Object.fromEntries(values));
  if (!result.success) problems.push(...problemsOf(result.error.issues, problems));
  if (!result.success || problems.length > 0) throw new ConfigError(problems);
  return result.data;
}

function readVariable(env: Environment, name: string, problems: ConfigProblem[]): string | undefined {
  const direct = env[name] || undefined;
  const path = env[`${name}_FILE`] || undefined;
  if (path === undefined) return direct;
  if (direct !== undefined) {
    problems.push({ variable: name, expected: `set ${name} or ${name}_FILE, not both` });
    return undefined;
  }
  try {
    if (statSync(path).size <= FILE_BYTES_MAX) return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    problems.push({ variable: `${name}_FILE`, expected: `a file of at most ${FILE_BYTES_MAX} bytes` });
  } catch {
    problems.push({ variable: `${name}_FILE`, expected: 'the path of a file that this process can read' });
  }
  return undefined;
}

// A variable whose file could not be read would show up again as "missing".
function problemsOf(
  issues: readonly { path: readonly PropertyKey[]; message: string }[],
  earlier: readonly ConfigProblem[],
): ConfigProblem[] {
  const told = new Set(earlier.map(({ variable }) => variable.replace(/_FILE$/, '')));
  return issues
    .map(({ path, message }) => ({ variable: String(path[0] ?? 'environment'), expected: message }))
    .filter(({ variable }) => !told.has(variable));
}
