// How much is measured. The full run stays below ten minutes, the quick one below two.

const RATE = 200;
const FULL = {
  rounds: 4,
  requests: 4_000,
  seconds: 20,
  messages: 10_000,
  longRounds: 3,
  patienceS: 30,
  backlog: 1_000_000,
};
const QUICK = {
  rounds: 2,
  requests: 2_000,
  seconds: 4,
  messages: 2_000,
  longRounds: 1,
  patienceS: 5,
  backlog: 50_000,
};

/** Connections that the generator keeps open in a closed loop. */
export const CONNECTIONS = 64;
/** Business numbers that messages are spread over, so that no number's own limit is what is measured. */
export const NUMBERS = 10;
/** Messages a second that each number is allowed. */
export const THROUGHPUT = 1_000;
/** What the latency test aims at, in milliseconds. */
export const P99_AIM_MS = 50;

/**
 * What to measure and how much of it, from the command line and the environment:
 * `{tests, rounds, requests, seconds, rate, messages, backlog, longRounds, patience}`.
 */
export function readSettings(args, env) {
  const base = args.includes('--quick') ? QUICK : FULL;
  const number = (name, fallback) => positive(name, env[`ALUR_BENCH_${name}`], fallback);
  const named = args.filter((arg) => !arg.startsWith('--'));
  return {
    tests:
      named.length > 0 ? named : ['accept', 'latency', 'burst', 'sending', 'backlog', 'engine', 'loading'],
    rounds: number('ROUNDS', base.rounds),
    longRounds: number('LONG_ROUNDS', base.longRounds),
    requests: number('REQUESTS', base.requests),
    seconds: number('SECONDS', base.seconds),
    rate: number('RATE', RATE),
    messages: number('MESSAGES', base.messages),
    backlog: number('BACKLOG', base.backlog),
    // Seconds that may go into repeating what others disturbed; shared by all tests, and used up.
    patience: { leftS: number('PATIENCE_SECONDS', base.patienceS) },
  };
}

function positive(name, text, fallback) {
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`ALUR_BENCH_${name} must be a whole number above 0, not "${text}"`);
  }
  return value;
}
