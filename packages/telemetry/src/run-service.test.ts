import { EventEmitter } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { createLogger } from './create-logger.ts';
import { ConfigError } from './read-config.ts';
import { runService, type RunningService } from './run-service.ts';

/** A process that can be signalled and says with what it ended. */
function stage(drainMs?: number) {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'x',
    level: 'info',
    destination: { write: (line: string) => void lines.push(line) },
  });
  const events = new EventEmitter();
  const exits: number[] = [];
  const ended = new Promise<number>((resolve) => {
    events.once('test-exit', resolve);
  });
  const exit = (code: number) => {
    exits.push(code);
    events.emit('test-exit', code);
  };
  const run = (start: () => Promise<RunningService>) =>
    runService({
      name: 'x',
      logger,
      start,
      host: { events, exit },
      ...(drainMs === undefined ? {} : { drainMs }),
    });
  const log = () => lines.map((line) => JSON.parse(line));
  return { run, events, exits, ended, log, messages: () => log().map((line) => line.msg) };
}

function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('runService()', () => {
  test.each(['SIGTERM', 'SIGINT'])('%s stops the service once and exits 0', async (signal) => {
    const { run, events, exits, ended, messages } = stage();
    let stops = 0;
    await run(() => Promise.resolve({ stop: () => Promise.resolve(void stops++) }));
    events.emit(signal);
    expect(await ended).toBe(0);
    expect({ stops, exits }).toEqual({ stops: 1, exits: [0] });
    expect(messages()).toEqual(['service.started', 'service.draining', 'service.stopped']);
  });

  test('a second signal gives up the drain and exits 1', async () => {
    const { run, events, ended, messages } = stage(500);
    await run(() => Promise.resolve({ stop: () => new Promise(() => undefined) }));
    events.emit('SIGTERM');
    events.emit('SIGTERM');
    expect(await ended).toBe(1);
    expect(messages()).toContain('service.drain_abandoned');
  });

  test('a drain past its deadline exits 1', async () => {
    const { run, events, ended, messages } = stage(5);
    await run(() => Promise.resolve({ stop: () => new Promise(() => undefined) }));
    events.emit('SIGTERM');
    expect(await ended).toBe(1);
    expect(messages()).toContain('service.drain_timeout');
  });

  test('a stop that fails exits 1', async () => {
    const { run, events, ended, messages } = stage();
    await run(() => Promise.resolve({ stop: () => Promise.reject(new Error('stuck')) }));
    events.emit('SIGTERM');
    expect(await ended).toBe(1);
    expect(messages()).toContain('service.stop_failed');
  });

  test('a signal while starting waits for the start, then stops', async () => {
    const { run, events, ended } = stage();
    const { opened, open } = gate();
    const order: string[] = [];
    const running = run(async () => {
      await opened;
      order.push('started');
      return { stop: () => Promise.resolve(void order.push('stopped')) };
    });
    events.emit('SIGTERM');
    open();
    await running;
    expect(await ended).toBe(0);
    expect(order).toEqual(['started', 'stopped']);
  });

  test('SIGHUP reloads one after the other; a failed reload is logged and the service goes on', async () => {
    const { run, events, exits, log, messages } = stage();
    let active = 0;
    let calls = 0;
    await run(() =>
      Promise.resolve({
        stop: () => Promise.resolve(),
        reload: async () => {
          expect(++active).toBe(1);
          await settled();
          active--;
          if (++calls === 1) throw new Error('bad bundle');
        },
      }),
    );
    events.emit('SIGHUP');
    events.emit('SIGHUP');
    for (let i = 0; i < 100 && calls < 2; i++) await settled();
    await settled();
    expect(messages()).toEqual(['service.started', 'service.reload_failed', 'service.reloaded']);
    expect(log()[1].err.message).toBe('bad bundle');
    expect(exits).toEqual([]);
  });

  test('SIGHUP does nothing where there is nothing to reload', async () => {
    const { run, events, messages } = stage();
    await run(() => Promise.resolve({ stop: () => Promise.resolve() }));
    events.emit('SIGHUP');
    await settled();
    expect(messages()).toEqual(['service.started']);
  });

  test.each(['uncaughtException', 'unhandledRejection'])('%s drains and exits 1', async (fault) => {
    const { run, events, ended, log, messages } = stage();
    await run(() => Promise.resolve({ stop: () => Promise.resolve() }));
    events.emit(fault, new TypeError('broken'));
    expect(await ended).toBe(1);
    expect(messages()).toEqual(['service.started', 'service.fault', 'service.draining', 'service.stopped']);
    expect(log()[1]).toMatchObject({ level: 'fatal', fault, err: { type: 'TypeError' } });
  });

  test.each([
    ['its own exit code', new ConfigError([{ variable: 'PORT', expected: 'a number' }]), 3, false],
    ['5, with the stack, when it has none', new Error('Redis is away'), 5, true],
  ])('a failed start logs one line and exits with %s', async (_label, error, code, hasStack) => {
    const { run, exits, log } = stage();
    await run(() => Promise.reject(error));
    expect(exits).toEqual([code]);
    expect(log()).toHaveLength(1);
    expect(log()[0]).toMatchObject({ level: 'fatal', msg: `Cannot start x: ${error.message}` });
    expect('err' in log()[0]).toBe(hasStack);
  });
});
