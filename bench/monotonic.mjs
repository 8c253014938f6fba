/** Milliseconds of the machine's steady clock: the same in all processes, so that they can be compared. */
export function monotonicMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}
