import type { Logger } from '@alur/telemetry';

const SWEEP_EVERY_MS = 2_000;

/** Runs the task every two seconds, one at a time, while it can. */
export function startSweeper({
  task,
  canWork,
  logger,
}: {
  task: () => Promise<void>;
  canWork: () => boolean;
  logger: Logger;
}): { stop(): Promise<void> } {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const tick = (): void => {
    running = (canWork() ? task() : Promise.resolve())
      .catch((err: unknown) => logger.warn({ err }, 'outbox.sweep_failed'))
      .finally(() => {
        if (!stopped) timer = setTimeout(tick, SWEEP_EVERY_MS);
      });
  };
  timer = setTimeout(tick, SWEEP_EVERY_MS);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
