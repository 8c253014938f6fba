/** What the command answers to the shell; documented, so that scripts may rely on it. */
export const EXIT = {
  ok: 0,
  bug: 1,
  usage: 2,
  invalidInput: 3,
  notFound: 4,
  notReady: 5,
  testsFailed: 6,
  refused: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
