/**
 * Work in small steps: whoever runs it may do something else between two of them, so that a large set of flows does not
 * stop the conversations of a running service.
 */
export type Steps<T> = Generator<undefined, T>;

/** Takes all steps at once. */
export function toEnd<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
