import { setImmediate } from 'node:timers/promises';

/** How long a turn of the event loop may be kept busy. */
const SLICE_MS = 5;

/** Takes the steps of a long work, and lets everything else go on in between. */
export async function takeSteps<T>(steps: Generator<undefined, T>): Promise<T> {
  let began = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - began < SLICE_MS) continue;
    await setImmediate();
    began = performance.now();
  }
}
