import { afterEach, expect, test } from '@jest/globals';
import { graphOf } from '../testing/graph-client.ts';
import { type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
afterEach(() => lab.close());

const MINUTE_MS = 60_000;
const usage = (used: number, minutes = 0) => ({
  [NUMBER.wabaId]: [
    {
      type: 'whatsapp_business_management',
      call_count: used,
      total_cputime: used,
      total_time: used,
      estimated_time_to_regain_access: minutes,
    },
  ],
});
const headersOf = ({ headers }: { headers: Headers }) => ({
  app: JSON.parse(headers.get('x-app-usage') ?? ''),
  waba: JSON.parse(headers.get('x-business-use-case-usage') ?? ''),
});

test('calls are counted by WABA and app, told in percent, and refused beyond the quota for an hour', async () => {
  lab = await startLab({ callQuota: { waba: 4, app: 1_000, enforce: true }, clock: { stopped: true } });
  const graph = graphOf(lab);
  expect(headersOf(await graph.get(NUMBER.id)).waba).toEqual(usage(25));
  await graph.get('999');
  for (let count = 0; count < 3; count += 1) await graph.get(NUMBER.wabaId);
  const refused = await graph.get(NUMBER.id);
  expect(refused.status).toBe(400);
  expect(refused.body.error).toMatchObject({
    code: 80008,
    message: expect.stringMatching(
      /^\(#80008\) There have been too many calls to this WhatsApp Business account\./,
    ),
  });
  expect(headersOf(refused).waba[NUMBER.wabaId][0]).toMatchObject({ call_count: 100 });
  await graph.advance(30 * MINUTE_MS);
  const { estimated_time_to_regain_access: minutes } = headersOf(await graph.get(NUMBER.id)).waba[
    NUMBER.wabaId
  ][0];
  expect(minutes).toBeGreaterThanOrEqual(29);
  expect(minutes).toBeLessThanOrEqual(30);
  await graph.advance(31 * MINUTE_MS);
  expect((await graph.get(NUMBER.id)).status).toBe(200);
});

test('sends take nothing from it, and tell of it', async () => {
  lab = await startLab({ callQuota: { waba: 1, app: 1, enforce: true } });
  for (let count = 0; count < 3; count += 1) {
    const answer = await lab.send({ text: { body: 'Hi' } });
    expect(answer.status).toBe(200);
    expect(headersOf(answer)).toEqual({
      app: { call_count: 0, total_cputime: 0, total_time: 0 },
      waba: usage(0),
    });
  }
});

test('beyond the app’s quota calls are refused with 4, unless the quota is only counted', async () => {
  lab = await startLab({ callQuota: { app: 1, enforce: true } });
  expect((await graphOf(lab).get('me')).status).toBe(200);
  expect((await graphOf(lab).get(NUMBER.id)).body.error).toMatchObject({
    code: 4,
    message: '(#4) Application request limit reached',
  });
  await lab.close();
  lab = await startLab({ callQuota: { app: 1 } });
  await graphOf(lab).get('me');
  expect((await graphOf(lab).get(NUMBER.id)).status).toBe(200);
});
