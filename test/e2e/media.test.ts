import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

const KEY = 'a-key-of-at-least-24-characters';
const PDF = Buffer.concat([Buffer.from('%PDF-1.7\n'), Buffer.alloc(300_000, 'menu ')]);
const MENU = `
name: menu
version: "1.0"
nodes:
  - {id: show, type: reply, config: {media: {type: document, file: media/menu.pdf, filename: Menu.pdf}}}
triggers:
  - {type: keyword, words: [menu], target: show}
`;
const TOLD = `
name: told
version: "1.0"
nodes:
  - {id: tell, type: reply, config: {message: "{{media.id}} {{media.sha256}}"}}
triggers:
  - {type: media, target: tell}
`;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline({
    flows: { 'menu.ygtc': MENU, 'told.ygtc': TOLD },
    services: ['ingress'],
    secrets: { api_keys: [KEY] },
  });
  await mkdir(join(pipeline.dir, 'media'));
  await writeFile(join(pipeline.dir, 'media', 'menu.pdf'), PDF);
  await Promise.all([
    pipeline.start('flow-runner'),
    pipeline.start('sender', 'sender-1'),
    pipeline.start('sender', 'sender-2'),
  ]);
}, 60_000);
afterAll(() => pipeline.stop());

const metric = async (name: string) => {
  const all = ['sender-1', 'sender-2'].map((service) => pipeline.services.get(service)?.opsUrl ?? '');
  const texts = await Promise.all(all.map(async (url) => (await fetch(`${url}/metrics`)).text()));
  return texts
    .flatMap((text) => [...text.matchAll(/^(\S+) (\d+)$/gm)])
    .filter(([, found]) => found === name)
    .reduce((sum, [, , value]) => sum + Number(value), 0);
};

describe('a flow that shows a file of the bundle', () => {
  test('has it uploaded once, and every contact gets it', async () => {
    const contacts = Array.from({ length: 20 }, (_none, index) => `49155500010${10 + index}`);
    await Promise.all(contacts.map((waId) => say(pipeline, { waId }, 'menu')));
    const shown = await waitFor(() => {
      const sent = pipeline.emulator.ledger();
      return sent.length === 20 ? sent : undefined;
    }, 'all messages');
    const ids = shown.map(({ body }) => Object(body['document'])['id']);
    expect(new Set(ids)).toEqual(new Set([expect.stringMatching(/^[0-9]+$/)]));
    expect(ids).toEqual(Array(20).fill(ids[0]));
    expect(await metric('alur_media_uploads_total{outcome="ok"}')).toBe(1);
    expect(await metric('alur_media_upload_bytes_total')).toBe(PDF.length);
  });
});

describe('a file that a contact sends', () => {
  test('is handed out by the API, checked, for as long as Meta has it', async () => {
    const photo = Buffer.concat([Buffer.from('\xff\xd8\xff\xe0', 'latin1'), Buffer.alloc(50_000, 'cat')]);
    const before = pipeline.emulator.ledger().length;
    await say(pipeline, { waId: '4915550002001' }, { type: 'image', data: photo.toString('base64') });
    const told = await waitFor(() => pipeline.emulator.ledger()[before], 'what the flow says');
    const [id = '', sha256 = ''] = String(Object(told.body['text'])['body']).split(' ');
    expect(sha256).toBe(createHash('sha256').update(photo).digest('hex'));
    const get = (path: string) =>
      fetch(`${pipeline.apiUrl}/media/${path}`, { headers: { authorization: `Bearer ${KEY}` } });
    const found = await get(`${id}?sha256=${sha256}`);
    expect([found.status, found.headers.get('content-type')]).toEqual([200, 'image/jpeg']);
    expect(Buffer.from(await found.arrayBuffer()).equals(photo)).toBe(true);
    expect((await get(`${id}?sha256=${'0'.repeat(64)}`)).status).toBe(502);
    expect((await get('999')).status).toBe(404);
  });
});
