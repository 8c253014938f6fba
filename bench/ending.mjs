import { killAll } from './processes.mjs';
import { clearStages } from './stage.mjs';

/** Ends every process and Redis, and removes every folder that is still there. */
export async function endAll() {
  await clearStages();
  killAll();
}

/** Leaves nothing behind when the run is interrupted. */
export function endOnSignals() {
  let ending = false;
  const end = async () => {
    // npm passes Ctrl-C on, so that one press arrives twice.
    if (ending) return;
    ending = true;
    killAll();
    await endAll();
    process.exit(130);
  };
  process.on('SIGINT', end).on('SIGTERM', end).on('SIGHUP', end);
  process.on('exit', killAll);
}
