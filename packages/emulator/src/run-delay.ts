import { closeSync, openSync, readSync } from 'node:fs';

/** For how long this thread has been ready to run and had no processor. */
export interface RunDelay {
  readMs(): number;
  close(): void;
}

// Three numbers: time on a processor, time of waiting for one, both in nanoseconds, and time slices.
const FILE = '/proc/thread-self/schedstat';
const BYTES_MAX = 96;

/** Where the system does not tell (it is not Linux), the delay reads as none. */
export function createRunDelay(file = FILE): RunDelay {
  const descriptor = open(file);
  if (descriptor === undefined) return { readMs: () => 0, close: () => undefined };
  const buffer = Buffer.alloc(BYTES_MAX);
  return {
    readMs() {
      const bytes = readSync(descriptor, buffer, 0, BYTES_MAX, 0);
      return Number(buffer.toString('latin1', 0, bytes).split(' ')[1] ?? 0) / 1e6;
    },
    close: () => closeSync(descriptor),
  };
}

function open(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch {
    return undefined;
  }
}
