import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEmulator, type Emulator } from '@alur/emulator';
import { loadFlows } from '@alur/flow';
import { TemplateDefinition, type Json } from '@alur/types';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { z } from 'zod';
import { runAlur } from '../../testing/run-alur.ts';

const TOKEN = 'EAAemulated';
const NUMBER = { id: '106540352242922', displayNumber: '+1 555-078-3881', wabaId: '102290129340398' };

const body = (text: string, ...examples: string[]) => ({
  type: 'BODY',
  text,
  ...(examples.length > 0 && { example: { body_text: [examples] } }),
});
const defined = (name: string, components: object[], more: object = {}) =>
  TemplateDefinition.parse({
    id: `1${[...name].map((char) => char.charCodeAt(0)).join('')}`,
    name,
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    parameter_format: 'POSITIONAL',
    components,
    ...more,
  });
const card = { components: [{ type: 'HEADER', format: 'IMAGE' }, body('Fresh today.')] };
const TEMPLATES = [
  defined('plain', [body('Thank you.')]),
  defined('two', [body('Order {{1}} is {{2}} now.', '42', 'packed')]),
  defined('named', [body('Hi {{customer}}, order {{order_id}} came.')], { parameter_format: 'NAMED' }),
  defined('photo', [{ type: 'HEADER', format: 'IMAGE' }, body('Look at it.')]),
  defined('track', [
    body('Follow it here.'),
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Track', url: 'https://shop.example/{{1}}' }] },
  ]),
  defined('home', [
    body('Come by.'),
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Home', url: 'https://shop.example' }] },
  ]),
  defined('coupon', [body('Take it.'), { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'A1' }] }]),
  defined('title', [{ type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}' }, body('Good to see you.')]),
  defined('cards', [body('Look.'), { type: 'CAROUSEL', cards: [card, card] }]),
  // More than fit a page.
  ...Array.from({ length: 120 }, (_, index) => defined(`more_${index}`, [body('Thank you.')])),
];

let cwd: string;
let emulator: Emulator;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-emulated-'));
  emulator = await startEmulator({
    numbers: [{ ...NUMBER, accessToken: TOKEN, appSecret: 'test_app_secret' }],
    templates: 'defined',
    templateDefinitions: { [NUMBER.wabaId]: TEMPLATES },
    statusDelayMs: null,
  });
  const given = {
    enabled: true,
    public_base_url: 'https://bot.example',
    phone_number_id: NUMBER.id,
    access_token: TOKEN,
    verify_token: 'v'.repeat(16),
    app_secret: 'a'.repeat(32),
    business_account_id: NUMBER.wabaId,
  };
  await writeFile(join(cwd, 'answers.json'), JSON.stringify(given));
  expect(await runAlur(['setup', '--answers', 'answers.json', 'b'], cwd)).toMatchObject({ exit: 0 });
});
afterEach(async () => {
  await emulator.close();
  await rm(cwd, { recursive: true });
});

const alur = (line: string) =>
  runAlur(line.split(' '), cwd, { env: { BUNDLE_DIR: 'b', GRAPH_BASE_URL: emulator.url } });

const text = (value: string, name?: string) => ({
  type: 'text',
  text: value,
  ...(name !== undefined && { parameter_name: name }),
});
const inBody = (...parameters: Json[]) => ({ type: 'body', parameters });
const image = { type: 'header', parameters: [{ type: 'image', image: { link: 'https://a.example/a.png' } }] };
const video = { type: 'header', parameters: [{ type: 'video', video: { link: 'https://a.example/a.mp4' } }] };
const button = (index: number) => ({ type: 'button', sub_type: 'url', index, parameters: [text('42')] });

const coupon = {
  type: 'button',
  sub_type: 'copy_code',
  index: 0,
  parameters: [{ type: 'coupon_code', coupon_code: 'A1' }],
};
const carousel = (...indexes: number[]) => ({
  type: 'carousel',
  cards: indexes.map((index) => ({ card_index: index, components: [image] })),
});

const SENDS: [name: string, components: Json[]][] = [
  ['plain', []],
  ['plain', [inBody(text('a'))]],
  ['none', []],
  ['two', [inBody(text('a'), text('b'))]],
  ['two', [inBody(text('a'))]],
  ['two', [inBody(text('a'), text('b'), text('c'))]],
  ['two', []],
  ['named', [inBody(text('a', 'customer'), text('b', 'order_id'))]],
  ['named', [inBody(text('a', 'customer'))]],
  ['named', [inBody(text('a', 'custmer'), text('b', 'order_id'))]],
  ['photo', [image]],
  ['photo', [video]],
  ['photo', []],
  ['track', [button(0)]],
  ['track', [button(1)]],
  ['track', []],
  ['home', []],
  ['home', [button(0)]],
  ['coupon', [coupon]],
  ['coupon', []],
  ['title', [{ type: 'header', parameters: [text('Ana')] }]],
  ['title', []],
  ['plain', [image]],
  ['cards', [carousel(0, 1)]],
  ['cards', [carousel(0)]],
  ['cards', [carousel(0, 1, 2)]],
  ['cards', []],
];

/** Whether the emulator takes a send. */
async function isTaken(name: string, components: Json[]): Promise<boolean> {
  const response = await fetch(`${emulator.url}/v25.0/${NUMBER.id}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${TOKEN}` },
    body: JSON.stringify({
      messaging_product: 'whatsapp',
      to: '16505551234',
      type: 'template',
      template: { name, language: { code: 'en' }, components },
    }),
  });
  return response.ok;
}

/** Whether a flow that sends it has no error. */
function isRight(name: string, components: Json[], templates: readonly TemplateDefinition[]): boolean {
  const send = JSON.stringify({ name, language: 'en', ...(components.length > 0 && { components }) });
  const flow = `name: say\nversion: "1.0"\nnodes:\n  - {id: say, type: reply, config: {template: ${send}}}\ntriggers:\n  - {type: message, target: say}\n`;
  return loadFlows([{ path: 'say.ygtc', text: flow }], { templates }).flows !== undefined;
}

test('what was pulled from the emulator takes the sends that the emulator takes, and refuses those that it refuses', async () => {
  const ran = await alur('templates pull');
  expect(ran).toMatchObject({
    exit: 0,
    out: expect.stringContaining(`${TEMPLATES.length} templates, written to`),
  });
  const pages = ran.err.match(/so far/g)?.length;
  expect(pages).toBe(2);
  const file = await readFile(join(cwd, `b/templates/${NUMBER.wabaId}.json`), 'utf8');
  const { templates } = z.object({ templates: z.array(TemplateDefinition) }).parse(JSON.parse(file));
  let taken = 0;
  for (const [name, components] of SENDS) {
    const send = JSON.stringify([name, components]);
    const isGood = await isTaken(name, components);
    expect([send, isRight(name, components, templates)]).toEqual([send, isGood]);
    if (isGood) taken += 1;
  }
  expect([taken, SENDS.length - taken]).toEqual([9, 18]);
  expect(await alur('templates pull')).toMatchObject({
    exit: 0,
    out: expect.stringContaining('nothing has changed'),
  });
  expect(await alur('templates list --name more_1')).toMatchObject({ exit: 0 });
});
