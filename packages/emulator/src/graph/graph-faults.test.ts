import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type GraphClient, graphOf } from '../testing/graph-client.ts';
import { type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
let graph: GraphClient;
beforeEach(async () => {
  lab = await startLab();
  graph = graphOf(lab);
});
afterEach(() => lab.close());

const PATH = `${NUMBER.wabaId}/message_templates`;
const order = (call: string | undefined, fault: object) =>
  graph.order('faults', { match: call === undefined ? {} : { call }, fault });
const draft = {
  name: 'a',
  language: 'en',
  category: 'UTILITY',
  components: [{ type: 'BODY', text: 'Hello there' }],
};

test('an error of a call, with its headers, and only of that call', async () => {
  await order('WABA GET message_templates', {
    kind: 'error',
    http: 429,
    code: 80008,
    title: 'Too many',
    retryAfterS: 5,
    usage: { app: { call_count: 100 } },
  });
  expect((await lab.send({ text: { body: 'Hi' } })).status).toBe(200);
  expect((await graph.get(NUMBER.wabaId)).status).toBe(200);
  const { status, body, headers } = await graph.get(PATH);
  expect([status, body.error]).toMatchObject([429, { code: 80008, message: '(#80008) Too many' }]);
  expect([headers.get('retry-after'), headers.get('x-app-usage')]).toEqual(['5', '{"call_count":100}']);
  expect((await graph.get(PATH)).status).toBe(200);
});

test('an order that names no call is about sends alone', async () => {
  await order(undefined, { kind: 'http', status: 502, body: 'Bad gateway' });
  expect((await graph.get(PATH)).status).toBe(200);
  expect((await lab.send({ text: { body: 'Hi' } })).status).toBe(502);
});

test('an answer that is no Graph error', async () => {
  await order('number POST media', { kind: 'http', status: 502, body: 'Bad gateway' });
  const answer = await lab.call('POST', `/v25.0/${NUMBER.id}/media`, {}, { authorization: 'Bearer EAAtest' });
  expect([answer.status, answer.text]).toEqual([502, 'Bad gateway']);
});

test.each([
  ['reset_before_accept', 0],
  ['reset_after_accept', 1],
  ['cut_answer', 1],
])('%s breaks the connection, with %i templates created', async (kind, count) => {
  await order('WABA POST message_templates', { kind });
  await expect(graph.post(PATH, draft)).rejects.toThrow();
  expect((await graph.get(PATH)).body['data']).toHaveLength(count);
});

test.each([
  ['delay', 200],
  ['slow_answer', 200],
])('%s takes its time', async (kind, ms) => {
  await order('WABA GET', { kind, ms });
  const begin = performance.now();
  expect((await graph.get(NUMBER.wabaId)).status).toBe(200);
  expect(performance.now() - begin).toBeGreaterThan(ms - 20);
});

test('a download that fails, and one that does not', async () => {
  const { body } = await graph.upload({ bytes: Buffer.from('a'), mimeType: 'text/plain' });
  const { body: described } = await graph.get(String(body['id']));
  const download = () =>
    fetch(String(described['url']), { headers: { authorization: `Bearer ${NUMBER.accessToken}` } });
  await order('media download', { kind: 'http', status: 500 });
  expect((await download()).status).toBe(500);
  expect(await (await download()).text()).toBe('a');
});
