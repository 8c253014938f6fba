import { fail, lineOf, skip, type Check, type Line, type Verdict } from './check.ts';

export interface RunOptions {
  /** For one check, from when what it needs is known. */
  timeoutMs: number;
  /** Told of each line as it comes. */
  onLine?: (line: Line, done: number) => void;
}

// Enough that one slow address holds nobody up, and few enough for a bundle of a thousand numbers.
const AT_ONCE = 16;

/** Runs all checks side by side; the lines come back in the order of the checks. No check stops another one. */
export async function runChecks(
  checks: readonly Check[],
  { timeoutMs, onLine }: RunOptions,
): Promise<Line[]> {
  const verdicts = new Map<Check, Promise<Verdict>>();
  const room = createRoom(AT_ONCE);
  let done = 0;
  const verdictOf = (check: Check): Promise<Verdict> => {
    const known = verdicts.get(check);
    if (known) return known;
    const verdict = judge(check).then((found) => {
      done += 1;
      onLine?.(lineOf(check, found), done);
      return found;
    });
    verdicts.set(check, verdict);
    return verdict;
  };
  const judge = async (check: Check): Promise<Verdict> => {
    for (const need of check.needs ?? []) {
      const { status } = await verdictOf(need);
      if (status === 'fail' || status === 'skip') return skip(`waits for \`${need.id}\``);
    }
    return room(() => inTime(check, timeoutMs));
  };
  return Promise.all(checks.map(async (check) => lineOf(check, await verdictOf(check))));
}

async function inTime(check: Check, timeoutMs: number): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    const found = `there was no answer within ${timeoutMs / 1_000} s`;
    timer = setTimeout(() => resolve(fail(found, 'see why it takes so long, or raise --timeout')), timeoutMs);
  });
  const asked = (async () => check.run())().catch(broken);
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

// The words of an error from outside could quote anything, so only its kind is told.
function broken(error: unknown): Verdict {
  const kind = error instanceof Error ? error.name : 'fault';
  const code = error instanceof Error && 'code' in error ? ` ${String(error.code)}` : '';
  return fail(`the check itself broke (${kind}${code})`, 'run it again; if it stays, please report it');
}

/** Lets so many in at once, and the next one when one leaves. */
function createRoom(size: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = size;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((enter) => waiting.push(enter));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
