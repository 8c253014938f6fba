/**
 * Lets several gauges tell one reading: whoever asks while a reading is under way gets that one. The gauges of a
 * scrape are asked together, so they agree with each other and cost one reading.
 */
export function sharedReading<T>(read: () => Promise<T>): () => Promise<T> {
  let underway: Promise<T> | undefined;
  return () => {
    underway ??= read().finally(() => {
      underway = undefined;
    });
    return underway;
  };
}
