import type { z } from 'zod';

/** What is wrong at one place of what somebody sent. */
export interface ApiProblem {
  /** `message.text`, from the body or the query on; '' is all of it. */
  at: string;
  message: string;
}

type Issue = z.core.$ZodIssue;
type Path = Issue['path'];

/** Every fault that a schema has found, each with its place. Never says what was written there, but for the name of a key. */
export function problemsOf(error: z.ZodError): ApiProblem[] {
  return error.issues
    .flatMap((issue) => inside(issue, []))
    .map(({ path, message }) => problemAt(path, message));
}

export function problemAt(path: readonly PropertyKey[], message: string): ApiProblem {
  return { at: path.map(String).join('.'), message };
}

interface Fault {
  path: Path;
  message: string;
}

/** Of what may be one of several things, the faults of the one that it has the form of. */
function inside(issue: Issue, base: Path): Fault[] {
  const path = [...base, ...issue.path];
  const meant = issue.code === 'invalid_union' ? issue.errors.filter((branch) => !branch.some(isOther)) : [];
  const [only] = meant;
  if (only !== undefined && meant.length === 1) return only.flatMap((each) => inside(each, path));
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: `\`${key}\` is not known here` }));
  return [{ path, message: issue.message }];
}

function isOther({ path, code }: Issue): boolean {
  return path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
}
