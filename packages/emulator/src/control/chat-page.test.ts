import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, type Page, chromium } from 'playwright-core';
import { z } from 'zod';
import { CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';

const CHROMIUM = '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let lab: Lab;
beforeAll(async () => {
  lab = await startLab({ statusDelayMs: { sent: 5, delivered: 20, read: 40 } });
});
afterAll(() => lab.close());

describe('chatPage()', () => {
  test.each([
    ['/chat', 'text/html'],
    ['/chat/chat.js', 'text/javascript'],
    ['/chat/panel.js', 'text/javascript'],
    ['/chat/chat.css', 'text/css'],
  ])('serves %s with a strict policy', async (path, type) => {
    const { status, headers } = await lab.call('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain(type);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('shows pictures that were uploaded or sent, and no file of another type', async () => {
    const idOf = async (type: string, mimeType: string) => {
      const from = { waId: CONTACT };
      const message = { type, mimeType, data: Buffer.from('<b>bytes</b>').toString('base64') };
      await lab.call('POST', '/_emulator/inbound', { number: NUMBER.id, from, message });
      const [received] = await lab.receiver.until(({ value }) => value.messages?.[0]?.['type'] === type);
      return z.object({ id: z.string() }).parse(received?.value.messages?.[0]?.[type]).id;
    };
    const picture = await lab.call('GET', `/chat/media/${await idOf('image', 'image/png')}`);
    expect(picture).toMatchObject({ status: 200, text: '<b>bytes</b>' });
    expect(picture.headers.get('content-type')).toBe('image/png');
    expect(picture.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await lab.call('GET', `/chat/media/${await idOf('document', 'text/plain')}`)).status).toBe(404);
    expect((await lab.call('GET', '/chat/media/1')).status).toBe(404);
  });

  test('is where / leads', async () => {
    expect((await lab.call('GET', '/')).text).toContain('<title>Alur chat</title>');
  });

  test('fetches nothing from elsewhere', async () => {
    const { text } = await lab.call('GET', '/chat');
    expect(text.match(/(?:src|href)="(?!#|\/chat\/|data:)[^"]*"/g)).toBeNull();
  });
});

const hasBrowser = existsSync(CHROMIUM);
const inBrowser = hasBrowser ? describe : describe.skip;

inBrowser(
  `the chat page in a browser${hasBrowser ? '' : ` (needs ${CHROMIUM}: install the package chromium)`}`,
  () => {
    let browser: Browser;
    let page: Page;
    const faults: string[] = [];
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
      page = await browser.newPage();
      page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
      page.on('pageerror', (error) => faults.push(error.message));
      await page.goto(`${lab.emulator.url}/chat`);
    });
    afterAll(() => browser.close());

    /** What the page's contact last wrote, and who that is. */
    const lastInbound = async () => {
      const received = await lab.receiver.until((one) => one.value.messages !== undefined);
      const message = received.at(-1)?.value.messages?.[0];
      const from = message?.['from'];
      return { message, from: typeof from === 'string' ? from : CONTACT };
    };

    test('sends what is typed with Enter and shows it as taken', async () => {
      await page.getByText('Say hi to start').waitFor();
      await page.getByRole('textbox', { name: 'Message' }).fill('hi');
      await page.keyboard.press('Enter');
      await page.getByRole('img', { name: 'Taken by the webhook' }).waitFor();
      expect((await lastInbound()).message).toMatchObject({ type: 'text', text: { body: 'hi' } });
    });

    test('shows an answer with formatting as text, and its ticks by receipts', async () => {
      const { from } = await lastInbound();
      await lab.send({ to: from, text: { body: 'Hello *Ana* <img src=x onerror=alert(1)>' } });
      await page.locator('strong', { hasText: 'Ana' }).waitFor();
      await page.locator('.bubble').getByText('<img src=x onerror=alert(1)>').waitFor();
      await page.getByRole('img', { name: 'The business knows: read' }).waitFor();
    });

    test('answers with a reply button', async () => {
      const { from } = await lastInbound();
      const button = { type: 'reply', reply: { id: 'help', title: 'Get help' } };
      await lab.send({
        to: from,
        type: 'interactive',
        interactive: { type: 'button', body: { text: 'What now?' }, action: { buttons: [button] } },
      });
      lab.receiver.received.length = 0;
      await page.getByRole('button', { name: 'Get help' }).click();
      expect((await lastInbound()).message).toMatchObject({
        interactive: { type: 'button_reply', button_reply: { id: 'help', title: 'Get help' } },
        context: { id: lab.emulator.ledger().at(-1)?.wamid },
      });
    });

    test('opens a list as a sheet, by keyboard', async () => {
      const { from } = await lastInbound();
      const sections = [
        { title: 'Support', rows: [{ id: 'tech', title: 'Technical', description: 'Faults' }] },
      ];
      await lab.send({
        to: from,
        type: 'interactive',
        interactive: { type: 'list', body: { text: 'Menu' }, action: { button: 'View options', sections } },
      });
      lab.receiver.received.length = 0;
      await page.getByRole('button', { name: 'View options' }).press('Enter');
      await page.getByRole('dialog', { name: 'View options' }).waitFor();
      await page.keyboard.press('Enter');
      expect((await lastInbound()).message).toMatchObject({
        interactive: { list_reply: { id: 'tech', title: 'Technical', description: 'Faults' } },
      });
    });

    test('shows the cards of a carousel, and answers with a button of one', async () => {
      const { from } = await lastInbound();
      const card = (index: number, title: string) => ({
        card_index: index,
        type: 'button',
        header: { type: 'image', image: { link: 'https://example.com/cake.jpg' } },
        body: { text: `Cake of ${title}` },
        action: { buttons: [{ type: 'quick_reply', quick_reply: { id: title, title: `Take ${title}` } }] },
      });
      const action = { cards: [card(0, 'cheese'), card(1, 'plums')] };
      const interactive = { type: 'carousel', body: { text: 'Today' }, action };
      expect(await lab.send({ to: from, type: 'interactive', interactive })).toMatchObject({ status: 200 });
      lab.receiver.received.length = 0;
      await page.getByText('Cake of cheese').waitFor();
      await page.getByRole('button', { name: 'Take plums' }).click();
      expect((await lastInbound()).message).toMatchObject({
        interactive: { type: 'button_reply', button_reply: { id: 'plums', title: 'Take plums' } },
      });
    });

    test('says what to do when the webhook refuses', async () => {
      lab.receiver.status = 401;
      await page.getByRole('textbox', { name: 'Message' }).fill('anybody?');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('refused the signature (401)').waitFor();
      lab.receiver.status = 200;
      await page.getByRole('alert').waitFor({ state: 'hidden' });
    });

    test('orders faults, time, template states and news, by keyboard and by name', async () => {
      const { from } = await lastInbound();
      const said = page.getByRole('dialog', { name: 'Controls' }).getByRole('status');
      await page.getByRole('button', { name: 'Controls', exact: true }).press('Enter');
      await page.getByText('The window of this contact is open for').waitFor();
      await page.getByLabel('Fault', { exact: true }).selectOption('Rate limit (130429)');
      await page.getByRole('button', { name: 'Order the fault' }).click();
      await said.getByText('Ordered: Rate limit (130429).').waitFor();
      expect((await lab.send({ to: from, text: { body: 'Hi' } })).body.error).toMatchObject({ code: 130429 });
      await page.getByLabel('Name', { exact: true }).fill('follow_up');
      await page.getByLabel('Status', { exact: true }).selectOption('PAUSED');
      await page.getByRole('button', { name: 'Set the status' }).click();
      await said.getByText('The template is PAUSED.').waitFor();
      const template = { name: 'follow_up', language: { code: 'en' } };
      const refused = await lab.send({ to: from, type: 'template', template });
      expect(refused.body.error).toMatchObject({ code: 132015 });
      await page.getByLabel('What happened').selectOption('marketing stopped');
      await page.getByRole('button', { name: 'Send the news' }).click();
      await said.getByText('The news is sent.').waitFor();
      const [news] = await lab.receiver.until(({ value }) => 'user_preferences' in value);
      expect(news?.value['user_preferences']).toMatchObject([{ wa_id: from, value: 'stop' }]);
      await page.getByRole('button', { name: '24 hours on' }).click();
      await page.getByText('The window of this contact is closed').waitFor();
      const clock = await lab.call('GET', '/_emulator/clock');
      expect(Number(clock.body['now']) - Date.now()).toBeGreaterThan(86_000_000);
      await page.keyboard.press('Escape');
      await page.getByRole('textbox', { name: 'Message' }).waitFor();
    });

    test('loads nothing from elsewhere and breaks no rule of its policy', async () => {
      const { from } = await lastInbound();
      await lab.send({
        to: from,
        type: 'image',
        image: { link: 'https://example.com/product.jpg', caption: 'New' },
      });
      await page.getByText('product.jpg').waitFor();
      expect(faults).toEqual([]);
    });
  },
);
