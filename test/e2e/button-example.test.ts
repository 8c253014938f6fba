import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { replyFlow } from '../support/flows.ts';
import { buttonReply, messagesChange, metaJson, postWebhook, text, webhook } from '../support/meta.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

const ECHO = replyFlow('You said: {{message.text}}', 'echo');

let pipeline: Pipeline;
let secret: string;

beforeAll(async () => {
  const button = await readFile('flows/seed/on_button.ygtc', 'utf8');
  pipeline = await startPipeline({ flows: { 'on_button.ygtc': button, 'echo.ygtc': ECHO } });
  secret = pipeline.team.appSecrets[0] ?? '';
}, 60_000);
afterAll(() => pipeline?.stop());

const sentTo = (to: string) =>
  pipeline.emulator
    .ledger()
    .filter((entry) => entry.to === to)
    .map((entry) => entry.body['text']);

const answered = (to: string, count: number) =>
  waitFor(() => (sentTo(to).length >= count ? sentTo(to) : undefined), `${count} messages to ${to}`);

describe('the button example of the seed page, from webhook to Graph API', () => {
  test('answers each tap once, in order, over entries, changes and repeated deliveries', async () => {
    const number = pipeline.number.id;
    const first = messagesChange(number, [
      {
        number,
        from: '6281110001',
        id: 'wamid.E1',
        name: 'Anão 😀',
        content: buttonReply('help', 'Get Help'),
      },
      { number, from: '6281110001', id: 'wamid.E2', content: text('Olá 😀 a/b @x') },
    ]);
    const second = messagesChange(number, [
      { number, from: '6281110002', id: 'wamid.E3', content: buttonReply('status', 'Check Status') },
      { number, from: '6281110001', id: 'wamid.E1', content: buttonReply('help', 'Get Help') },
      { number, from: '6281110001', id: 'wamid.E4', content: buttonReply('human', 'Talk to Human') },
    ]);
    const body = metaJson({
      object: 'whatsapp_business_account',
      entry: [
        { id: '200000000000001', changes: [first] },
        { id: '200000000000001', changes: [second, messagesChange(number, [])] },
      ],
    });
    expect(body).toContain('\\ud83d\\ude00');
    expect(await postWebhook(pipeline.webhookUrl, body, { secret })).toEqual({ status: 200, body: 'ok' });
    expect((await postWebhook(pipeline.webhookUrl, body, { secret })).status).toBe(200);

    expect(await answered('6281110001', 3)).toEqual([
      { body: "Here's how I can help..." },
      { body: 'You said: Olá 😀 a/b @x' },
      { body: 'A colleague will write to you here.' },
    ]);
    expect(await answered('6281110002', 1)).toEqual([{ body: 'Everything is running.' }]);

    // A third delivery, and another tap behind it: when that one is answered, the repetition has had its chance.
    await postWebhook(pipeline.webhookUrl, body, { secret });
    const last = webhook(
      messagesChange(number, [
        { number, from: '6281110001', id: 'wamid.E5', content: buttonReply('x', 'X') },
      ]),
    );
    await postWebhook(pipeline.webhookUrl, metaJson(last), { secret });
    expect((await answered('6281110001', 4)).at(-1)).toEqual({ body: 'I do not know that button.' });
    expect(sentTo('6281110001')).toHaveLength(4);
    expect(sentTo('6281110002')).toHaveLength(1);
  });

  test('takes the second address of the webhook too', async () => {
    const number = pipeline.number.id;
    const url = pipeline.webhookUrl.replace(
      '/webhook/whatsapp/',
      '/v1/messaging/ingress/messaging-whatsapp/',
    );
    const body = metaJson(
      webhook(messagesChange(number, [{ number, from: '6281110009', id: 'wamid.A1', content: text('hi') }])),
    );
    expect((await postWebhook(url, body, { secret })).status).toBe(200);
    expect(await answered('6281110009', 1)).toEqual([{ body: 'You said: hi' }]);
  });

  test('carries an id in every message that its statuses bring back', async () => {
    const scrape = async () => (await fetch(`${pipeline.services.get('ingress')?.opsUrl}/metrics`)).text();
    await waitFor(
      async () =>
        /alur_webhook_events_total\{kind="status",outcome="merged"\} [1-9]/.test(await scrape())
          ? true
          : undefined,
      'a status to be merged',
    );
  });
});
