import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, type Page, chromium } from 'playwright-core';
import { CONTACT, type Lab, startLab } from './testing/lab.ts';

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
    ['/chat/chat.css', 'text/css'],
  ])('serves %s with a strict policy', async (path, type) => {
    const { status, headers } = await lab.call('GET', path);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toContain(type);
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
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

    test('says what to do when the webhook refuses', async () => {
      lab.receiver.status = 401;
      await page.getByRole('textbox', { name: 'Message' }).fill('anybody?');
      await page.keyboard.press('Enter');
      await page.getByRole('alert').getByText('refused the signature (401)').waitFor();
      lab.receiver.status = 200;
      await page.getByRole('alert').waitFor({ state: 'hidden' });
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
