import { afterEach, describe, expect, test } from '@jest/globals';
import { createMetrics } from './create-metrics.ts';
import { OpsPortError, startOps, type OpsServer, type Readiness } from './start-ops.ts';

const open: OpsServer[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function serve(readiness: () => Promise<Readiness> | Readiness) {
  const ops = await startOps({ host: '127.0.0.1', port: 0, metrics: createMetrics('sender'), readiness });
  open.push(ops);
  return (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${ops.port}${path}`, init);
}

const READY: Readiness = { ready: true, checks: { redis: { ok: true } } };
const NOT_READY: Readiness = { ready: false, checks: { redis: { ok: false, detail: 'no answer' } } };

describe('startOps()', () => {
  test.each(['/healthz', '/health'])('%s is 200 while the process lives, ready or not', async (path) => {
    const get = await serve(() => NOT_READY);
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ alive: true });
  });

  test.each([
    ['/readyz', READY, 200],
    ['/ready', READY, 200],
    ['/readyz', NOT_READY, 503],
    ['/ready?verbose=1', NOT_READY, 503],
  ])('%s tells the state', async (path, state, status) => {
    const get = await serve(() => state);
    const response = await get(path);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual(state);
  });

  test.each([
    ['throws', () => Promise.reject(new TypeError('PRIVATE')), 'TypeError'],
    ['never answers', () => new Promise<Readiness>(() => undefined), 'no answer within 2000 ms'],
  ])('is not ready when the check %s', async (_label, readiness, detail) => {
    const get = await serve(readiness);
    const response = await get('/readyz');
    expect(response.status).toBe(503);
    expect(await response.json()).toEqual({ ready: false, checks: { readiness: { ok: false, detail } } });
  });

  test('/metrics is the exposition text', async () => {
    const get = await serve(() => READY);
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toContain('version=0.0.4');
    expect(await response.text()).toContain('alur_build_info{service="sender"');
  });

  test.each([
    ['GET', '/', 404],
    ['GET', '/webhook/whatsapp/default/default', 404],
    ['POST', '/metrics', 405],
    ['DELETE', '/healthz', 405],
    ['HEAD', '/healthz', 200],
  ])('answers %s %s with %i', async (method, path, status) => {
    const get = await serve(() => READY);
    expect((await get(path, { method })).status).toBe(status);
  });

  test('names a taken port and the variable that moves it', async () => {
    const first = await startOps({
      host: '127.0.0.1',
      port: 0,
      metrics: createMetrics('a'),
      readiness: () => READY,
    });
    open.push(first);
    const second = startOps({
      host: '127.0.0.1',
      port: first.port,
      metrics: createMetrics('b'),
      readiness: () => READY,
    });
    const error = await second.catch((failure: unknown) => failure);
    expect(error).toBeInstanceOf(OpsPortError);
    expect(error).toMatchObject({
      exitCode: 5,
      message: `Cannot open the ops port: port ${first.port} on 127.0.0.1 is in use; set OPS_PORT to a free port`,
    });
  });

  test('close() frees the port even with a client that keeps its connection', async () => {
    const get = await serve(() => READY);
    await (await get('/healthz')).text();
    await open.splice(0)[0]?.close();
    await expect(get('/healthz')).rejects.toThrow();
  });
});
