import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runAlur } from '../../packages/cli/src/testing/run-alur.ts';
import { orderWebhook, say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

const WABA = '200000000000001';
const definition = (name: string, category: string, text: string) => ({
  id: `70${category.length}`,
  name,
  language: 'en',
  status: 'APPROVED',
  category,
  parameter_format: 'POSITIONAL' as const,
  components: [{ type: 'BODY', text }],
});
const send = (name: string, parameters = '') => `
name: say_${name}
version: "1.0"
nodes:
  - id: say
    type: reply
    config: {template: {name: ${name}, language: en${parameters}}}
triggers:
  - {type: keyword, words: [${name}], target: say}
`;
const body = (...texts: string[]) =>
  `, components: [{type: body, parameters: [${texts.map((text) => `{type: text, text: "${text}"}`).join(', ')}]}]`;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline({
    flows: { 'order.ygtc': send('order', body('42', 'Friday')), 'offer.ygtc': send('offer') },
    services: [],
    emulator: {
      templates: 'defined',
      templateDefinitions: {
        [WABA]: [
          definition('order', 'UTILITY', 'Order {{1}} comes on {{2}}.'),
          definition('offer', 'MARKETING', 'Cakes are half the price.'),
        ],
      },
    },
  });
}, 60_000);
afterAll(() => pipeline.stop());

const sentTo = (waId: string) =>
  pipeline.emulator
    .ledger()
    .filter(({ to }) => to === waId)
    .map((entry) => (entry.body['template'] as { name: string }).name);
const arrived = (waId: string, count: number) =>
  waitFor(() => (sentTo(waId).length === count ? sentTo(waId) : undefined), `${count} messages`);
const optedOut = (count: number) =>
  waitFor(async () => {
    const response = await fetch(`${pipeline.services.get('sender')?.opsUrl ?? ''}/metrics`);
    const series = `alur_messages_failed_total{reason="opted_out"} ${count}\n`;
    return (await response.text()).includes(series) ? true : undefined;
  }, `${count} refused messages`);

describe('templates, from the account to the contact', () => {
  test('are pulled into the bundle, and the flows are right by them', async () => {
    expect(pipeline.team.businessAccountId).toBe(WABA);
    const ran = await runAlur(['templates', 'pull', '--bundle', pipeline.dir], pipeline.dir);
    expect([ran.exit, ran.out]).toEqual([0, expect.stringMatching(/order[\s\S]*|offer/)]);
    const file = join(pipeline.dir, 'templates', `${WABA}.json`);
    const { templates } = JSON.parse(await readFile(file, 'utf8')) as { templates: { name: string }[] };
    expect(templates.map(({ name }) => name)).toEqual(['offer', 'order']);
    expect((await runAlur(['validate', join(pipeline.dir, 'flows')], pipeline.dir)).exit).toBe(0);
    await Promise.all((['ingress', 'flow-runner', 'sender'] as const).map((name) => pipeline.start(name)));
  }, 60_000);

  test('of category utility reach a contact who stopped marketing; others do not', async () => {
    const waId = '6281240001';
    const preference = { wa_id: waId, category: 'marketing_messages', value: 'stop' };
    await say(pipeline, { waId }, 'hello');
    await orderWebhook(pipeline, 'account', {
      field: 'user_preferences',
      value: { user_preferences: [preference] },
    });
    await say(pipeline, { waId }, 'offer');
    await say(pipeline, { waId }, 'order');
    expect(await arrived(waId, 1)).toEqual(['order']);
    await optedOut(1);
  });

  test('follow when Meta moves one into another category', async () => {
    const waId = '6281240001';
    const value = {
      message_template_id: 707,
      message_template_name: 'order',
      message_template_language: 'en',
      previous_category: 'UTILITY',
      new_category: 'MARKETING',
    };
    await orderWebhook(pipeline, 'account', { field: 'template_category_update', value });
    await say(pipeline, { waId }, 'order');
    await optedOut(2);
    expect(sentTo(waId)).toEqual(['order']);
  });
});
