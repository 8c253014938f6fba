import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { say } from '../support/inbound.ts';
import { startPipeline, type Pipeline } from '../support/pipeline.ts';
import { waitFor } from '../support/wait.ts';

// A contact has one conversation, whatever they are called: by this number or the next, by the number that a business dialled or
// the one that WhatsApp knows.

const KEY = 'a-key-of-at-least-24-characters';
const SIZES = `
name: sizes
version: "1.0"
nodes:
  - id: ask
    type: reply
    config: {message: "Which size?", outside_window: {template: {name: which_size, language: en}}}
    next: answer
  - {id: answer, type: wait, config: {save: size}, next: tell}
  - {id: tell, type: reply, config: {message: "Size {{size}} it is"}}
triggers:
  - {type: keyword, words: [shirt], target: ask}
  - {type: event, event_type: shirt.new, target: ask}
  - {type: default, target: lost}
`.replace('nodes:', 'nodes:\n  - {id: lost, type: reply, config: {message: "Who are you?"}}');

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await startPipeline({
    flows: { 'sizes.ygtc': SIZES },
    secrets: { api_keys: [KEY] },
    emulator: { waIdVariants: true },
  });
}, 60_000);
afterAll(() => pipeline.stop());

const sentTo = (contact: string) =>
  pipeline.emulator
    .ledger()
    .filter(({ to, type }) => to === contact && type === 'text')
    .map((entry) => (entry.body['text'] as { body: string }).body);
const lastTo = (contact: string, words: string) =>
  waitFor(() => (sentTo(contact).at(-1) === words ? true : undefined), `"${words}" to ${contact}`);

describe('a contact with a new number', () => {
  test('goes on where they stood, and is answered there; whoever gets the old number is nobody known', async () => {
    await say(pipeline, { waId: '16505550101' }, 'shirt');
    await lastTo('16505550101', 'Which size?');
    await say(pipeline, { waId: '16505550101' }, { type: 'user_changed_number', waId: '16505550102' });
    await say(pipeline, { waId: '16505550102' }, 'M');
    await lastTo('16505550102', 'Size M it is');
    // Times are whole seconds, and what was said in that of the move counts as said before it.
    const timestamp = Math.floor(Date.now() / 1_000) + 2;
    await say(pipeline, { waId: '16505550101' }, 'L', { timestamp });
    await lastTo('16505550101', 'Who are you?');
  });
});

describe('a contact who first came with a user id alone', () => {
  test('is the same one when a message shows the number, too', async () => {
    const userId = 'US.13491208655302741918';
    await say(pipeline, { userId }, 'shirt');
    await lastTo(userId, 'Which size?');
    await say(pipeline, { userId, waId: '16505550103' }, 'S');
    await lastTo('16505550103', 'Size S it is');
    await say(pipeline, { waId: '16505550103' }, 'shirt');
    await waitFor(() => (sentTo('16505550103').length === 2 ? true : undefined), 'the question');
    await say(pipeline, { userId }, 'XL');
    await waitFor(
      () => ([...sentTo(userId), ...sentTo('16505550103')].includes('Size XL it is') ? true : undefined),
      'the answer',
    );
  });
});

describe('a number that WhatsApp knows otherwise', () => {
  test('is answered under the name that it writes with, in the conversation that the business began', async () => {
    const response = await fetch(`${pipeline.apiUrl}/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to: { wa_id: '+55 (31) 91234-5678' }, event_type: 'shirt.new' }),
    });
    expect(response.status).toBe(202);
    const waId = '553112345678';
    const asked = await waitFor(
      () => pipeline.emulator.ledger().find(({ to }) => to === waId),
      'the first message',
    );
    expect(asked.body).toMatchObject({ to: '5531912345678', type: 'template' });
    await waitFor(async () => {
      const metrics = await fetch(`${pipeline.services.get('sender')?.opsUrl ?? ''}/metrics`);
      return (await metrics.text()).includes('{type="template",outcome="sent"} 1') ? true : undefined;
    }, 'the answer of the first message to be noted');
    await say(pipeline, { waId }, 'M');
    await lastTo(waId, 'Size M it is');
  });
});
