import { type EventEmitter } from 'node:events';
import { type Logger } from './create-logger.ts';

// Life of a service: starting -> running -> draining -> gone. Draining is entered once, by a signal or by a
// fault that nobody caught, and always ends: when all is stopped, at the deadline, or at the second signal.

/** What a started service can do. `stop` finishes what is in hand; `reload` keeps the last good state when it throws. */
export interface RunningService {
  stop(): Promise<void>;
  reload?(): Promise<void>;
}

export interface ServiceOptions {
  name: string;
  logger: Logger;
  start: () => Promise<RunningService>;
  /** How long `stop` may take before the process exits with 1. Below the 40 s that containers are given. */
  drainMs?: number;
  /** The process; tests pass their own. */
  host?: ProcessHost;
}

/** Where signals come from and what ends the process. */
export interface ProcessHost {
  events: EventEmitter;
  exit: (code: number) => void;
}

const DRAIN_MS = 25_000;
const EXIT_OK = 0;
const EXIT_BUG = 1;
const EXIT_NOT_READY = 5;

const THIS_PROCESS: ProcessHost = { events: process, exit: (code) => process.exit(code) };

interface Life extends Required<ServiceOptions> {
  service: Promise<RunningService | undefined>;
  reloads: Promise<void>;
  draining: boolean;
}

/**
 * Starts a service and looks after its process. SIGTERM and SIGINT drain and exit 0 (a second one, or the deadline:
 * exit 1), SIGHUP reloads, an uncaught error drains and exits 1. A start that fails logs one line and exits with
 * the error's `exitCode`, or 5. Resolves when the service runs or could not.
 */
export async function runService(options: ServiceOptions): Promise<void> {
  const life: Life = {
    drainMs: DRAIN_MS,
    host: THIS_PROCESS,
    ...options,
    service: Promise.resolve(undefined),
    reloads: Promise.resolve(),
    draining: false,
  };
  listen(life);
  life.service = startUp(life);
  await life.service;
}

function listen(life: Life): void {
  const { events } = life.host;
  for (const signal of ['SIGTERM', 'SIGINT']) events.on(signal, () => void stopBySignal(life, signal));
  events.on('SIGHUP', () => {
    life.reloads = life.reloads.then(() => reload(life));
  });
  for (const fault of ['uncaughtException', 'unhandledRejection']) {
    events.on(fault, (err: unknown) => void stopByFault(life, fault, err));
  }
}

async function startUp({ name, logger, start, host }: Life): Promise<RunningService | undefined> {
  try {
    const service = await start();
    logger.info('service.started');
    return service;
  } catch (err) {
    const exitCode = exitCodeOf(err);
    const reason = err instanceof Error ? err.message : 'unknown reason';
    // An error that brings an exit code explains itself; any other needs its stack.
    const detail = exitCode === undefined ? { err } : {};
    logger.fatal({ ...detail, event: 'service.start_failed' }, `Cannot start ${name}: ${reason}`);
    host.exit(exitCode ?? EXIT_NOT_READY);
    return undefined;
  }
}

async function stopBySignal(life: Life, signal: string): Promise<void> {
  if (!life.draining) return drain(life, { reason: signal, exitCode: EXIT_OK });
  life.logger.error({ signal }, 'service.drain_abandoned');
  life.host.exit(EXIT_BUG);
}

async function stopByFault(life: Life, fault: string, err: unknown): Promise<void> {
  life.logger.fatal({ fault, err }, 'service.fault');
  if (!life.draining) await drain(life, { reason: fault, exitCode: EXIT_BUG });
}

async function drain(life: Life, { reason, exitCode }: { reason: string; exitCode: number }): Promise<void> {
  const { logger, host, drainMs } = life;
  life.draining = true;
  logger.info({ reason, drainMs }, 'service.draining');
  const deadline = setTimeout(() => {
    logger.error({ drainMs }, 'service.drain_timeout');
    host.exit(EXIT_BUG);
  }, drainMs);
  try {
    const service = await life.service;
    await life.reloads;
    await service?.stop();
    logger.info('service.stopped');
    host.exit(exitCode);
  } catch (err) {
    logger.error({ err }, 'service.stop_failed');
    host.exit(EXIT_BUG);
  } finally {
    clearTimeout(deadline);
  }
}

async function reload(life: Life): Promise<void> {
  const service = await life.service;
  if (life.draining || service?.reload === undefined) return;
  try {
    await service.reload();
    life.logger.info('service.reloaded');
  } catch (err) {
    life.logger.error({ err }, 'service.reload_failed');
  }
}

function exitCodeOf(error: unknown): number | undefined {
  const code: unknown = error instanceof Error && 'exitCode' in error ? error.exitCode : undefined;
  return typeof code === 'number' ? code : undefined;
}
