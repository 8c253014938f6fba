import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type GraphClient, graphOf } from '../testing/graph-client.ts';
import { type Lab, NUMBER, startLab } from '../testing/lab.ts';

const OTHER = { ...NUMBER, id: '2', displayNumber: '+1 555-078-3882' };
const STRANGER = {
  ...NUMBER,
  id: '3',
  wabaId: '9',
  accessToken: 'EAAother',
  displayNumber: '+1 555-078-3883',
};

let lab: Lab;
let graph: GraphClient;
beforeEach(async () => {
  lab = await startLab({ numbers: [NUMBER, OTHER, STRANGER], statusDelayMs: {} });
  graph = graphOf(lab);
});
afterEach(() => lab.close());

const bytes = Buffer.from('not really a picture');
const upload = async (mimeType = 'image/png') => {
  const { status, body, text } = await graph.upload({ bytes, mimeType });
  if (status !== 200) throw new Error(text);
  return String(body['id']);
};
const download = (url: string, token: string | null = NUMBER.accessToken) =>
  fetch(url, token === null ? {} : { headers: { authorization: `Bearer ${token}` } });
const image = (id: string) => ({ type: 'image', image: { id } });
const DAY_MS = 86_400_000;

describe('POST /{phone_number_id}/media', () => {
  test('keeps a file; GET tells where it is, the address gives it, DELETE ends it', async () => {
    const id = await upload();
    expect(id).toMatch(/^\d+$/);
    const { body } = await graph.get(id);
    expect(body).toEqual({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/whatsapp_business\/attachments\/\?mid=\d+/),
      mime_type: 'image/png',
      sha256: createHash('sha256').update(bytes).digest('hex'),
      file_size: bytes.length,
      id,
      messaging_product: 'whatsapp',
    });
    const file = await download(String(body['url']));
    expect([file.status, file.headers.get('content-type')]).toEqual([200, 'image/png']);
    expect(Buffer.from(await file.arrayBuffer())).toEqual(bytes);
    expect((await graph.delete(id)).body).toEqual({ success: true });
    expect((await graph.get(id)).body.error).toMatchObject({ code: 100, error_subcode: 33 });
    expect((await download(String(body['url']))).status).toBe(404);
  });

  test.each([
    ['without a token', null, 401],
    ['with an unknown token', 'nope', 401],
    ['with the token of somebody else', STRANGER.accessToken, 404],
  ])('its address %s gives nothing', async (_label, token, status) => {
    const { body } = await graph.get(await upload());
    expect((await download(String(body['url']), token)).status).toBe(status);
  });

  test('its address is over after 5 minutes, its id after 30 days', async () => {
    const id = await upload();
    const { body } = await graph.get(id);
    await graph.advance(5 * 60_000 + 1_000);
    expect((await download(String(body['url']))).status).toBe(404);
    expect((await graph.get(id)).status).toBe(200);
    await graph.advance(30 * DAY_MS);
    expect((await graph.get(id)).status).toBe(400);
  });

  test('belongs to its number', async () => {
    const id = await upload();
    expect((await graph.get(`${id}?phone_number_id=${NUMBER.id}`)).status).toBe(200);
    expect((await graph.get(`${id}?phone_number_id=${OTHER.id}`)).body.error).toMatchObject({ code: 100 });
    expect((await lab.send(image(id))).status).toBe(200);
    const refused = await lab.send(image(id), { number: OTHER.id });
    expect(refused.status).toBe(400);
    expect(refused.body.error).toMatchObject({
      message: "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID",
    });
    const stranger = { authorization: `Bearer ${STRANGER.accessToken}` };
    expect((await lab.call('GET', `/v25.0/${id}`, undefined, stranger)).status).toBe(400);
  });

  test.each([
    [
      'a type that there is not',
      { mimeType: 'application/zip' },
      100,
      /^\(#100\) Param file must be a file with one of the following types: audio\/aac, .+, video\/3gpp\. Received file of type 'application\/zip'\.$/,
    ],
    [
      'no messaging_product',
      { mimeType: 'image/png', form: {} },
      100,
      /^\(#100\) The parameter messaging_product is required\.$/,
    ],
  ])('refuses %s', async (_label, file, code, message) => {
    const { status, body } = await graph.upload({ bytes, ...file });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  test.each([
    ['image/png', 5 * 1_048_576],
    ['image/webp', 500 * 1_024],
    ['video/mp4', 16 * 1_048_576],
  ])('takes %s of %i bytes and not one more', async (mimeType, max) => {
    expect((await graph.upload({ bytes: Buffer.alloc(max), mimeType })).status).toBe(200);
    const { status, body } = await graph.upload({ bytes: Buffer.alloc(max + 1), mimeType });
    expect(status).toBe(400);
    expect(body.error).toMatchObject({ code: 131053, message: '(#131053) Media upload error' });
  });

  test('refuses a form without a file, and what is no form', async () => {
    const headers = { authorization: `Bearer ${NUMBER.accessToken}` };
    for (const content of ['application/json', 'multipart/form-data', 'multipart/form-data; boundary=x']) {
      const body = content === 'application/json' ? { messaging_product: 'whatsapp' } : 'nonsense';
      const answer = await lab.call('POST', `/v25.0/${NUMBER.id}/media`, body, {
        ...headers,
        'content-type': content,
      });
      expect(answer.status).toBe(400);
      expect(answer.body.error).toMatchObject({ code: 100 });
    }
  });
});

describe('a message with a file', () => {
  const failed = async (wamid: string | undefined) => {
    const [webhook] = await lab.receiver.until(({ value }) =>
      (value.statuses ?? []).some(({ id, status }) => id === wamid && status === 'failed'),
    );
    return webhook?.value.statuses?.find(({ id }) => id === wamid);
  };

  test.each([
    ['an image that is a video', 'video/mp4', (id: string) => image(id)],
    [
      'a voice message that is no ogg',
      'audio/mpeg',
      (id: string) => ({ type: 'audio', audio: { id, voice: true } }),
    ],
    [
      'a header that is no image',
      'video/mp4',
      (id: string) => ({
        type: 'interactive',
        interactive: {
          type: 'button',
          header: { type: 'image', image: { id } },
          body: { text: 'Hi' },
          action: { buttons: [{ type: 'reply', reply: { id: 'a', title: 'A' } }] },
        },
      }),
    ],
  ])('%s fails later with 131053', async (_label, mimeType, message) => {
    const { status, body } = await lab.send(message(await upload(mimeType)));
    expect(status).toBe(200);
    expect(await failed(body.messages?.[0].id)).toMatchObject({ errors: [{ code: 131053 }] });
  });

  test('a link is never fetched, and fails with 131053 when it is ordered to', async () => {
    const link = 'https://example.invalid/a.png';
    await graph.order('media-link', { link });
    const first = await lab.send({ type: 'image', image: { link } });
    expect(await failed(first.body.messages?.[0].id)).toMatchObject({
      errors: [{ code: 131053, title: 'Media upload error' }],
    });
    const second = await lab.send({ type: 'image', image: { link } });
    await lab.receiver.until(({ value }) =>
      (value.statuses ?? []).some(
        ({ id, status }) => id === second.body.messages?.[0].id && status === 'delivered',
      ),
    );
  });

  test('what was deleted cannot be sent, though unknown ids can', async () => {
    const id = await upload();
    await graph.delete(id);
    expect((await lab.send(image(id))).status).toBe(400);
    expect((await lab.send(image('123'))).status).toBe(200);
  });
});

test('media: uploaded refuses what nobody uploaded', async () => {
  const strict = await startLab({ media: 'uploaded' });
  try {
    expect((await strict.send(image('123'))).body.error).toMatchObject({
      message: "(#100) Param image['id'] is not a valid whatsapp business account media attachment ID",
    });
    const { body } = await graphOf(strict).upload({ bytes, mimeType: 'image/png' });
    expect((await strict.send(image(String(body['id'])))).status).toBe(200);
  } finally {
    await strict.close();
  }
});
