import { afterEach, describe, expect, test } from '@jest/globals';
import { type EmulatorOptions } from '../options.ts';
import { graphOf } from '../testing/graph-client.ts';
import { CONTACT, type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
const start = async (options: Partial<EmulatorOptions> = {}) => {
  lab = await startLab({ statusDelayMs: {}, ...options });
  return graphOf(lab);
};
afterEach(() => lab.close());

const text = { text: { body: 'Hi' } };
const statusOf = async (wamid: string | undefined, wanted: string) => {
  const fits = (item: { id: string; status: string }) => item.id === wamid && item.status === wanted;
  const [webhook] = await lab.receiver.until(({ value }) => (value.statuses ?? []).some(fits));
  return webhook?.value.statuses?.find(fits);
};

describe('waIdVariants', () => {
  test.each([
    ['Brazil, area 31 and up: without the ninth digit', '5531987654321', '553187654321'],
    ['Brazil, area below 31: as it is', '5511987654321', '5511987654321'],
    ['Mexico: with a 1', '525512345678', '5215512345678'],
    ['Argentina: with a 9', '541123456789', '5491123456789'],
    ['anywhere else: as it is', CONTACT, CONTACT],
  ])('%s', async (_label, to, waId) => {
    await start({ waIdVariants: true });
    const { body } = await lab.send({ ...text, to });
    expect(body['contacts']).toEqual([{ input: to, wa_id: waId }]);
    expect(await statusOf(body.messages?.[0].id, 'sent')).toMatchObject({ recipient_id: waId });
    expect(lab.emulator.ledger().at(-1)).toMatchObject({ to: waId });
  });

  test('without them the number is the wa_id', async () => {
    await start();
    expect((await lab.send({ ...text, to: '525512345678' })).body['contacts']).toEqual([
      { input: '525512345678', wa_id: '525512345678' },
    ]);
  });
});

describe('POST /_emulator/contact', () => {
  test('gives a number another wa_id, which its messages bear, too', async () => {
    const graph = await start();
    await graph.order('contact', { to: CONTACT, waId: '19990000001' });
    const { body } = await lab.send(text);
    expect(body['contacts']).toEqual([{ input: CONTACT, wa_id: '19990000001' }]);
    await graph.order('inbound', {
      number: NUMBER.id,
      from: { waId: CONTACT },
      message: { type: 'text', text: 'Hi' },
    });
    const [webhook] = await lab.receiver.until(({ value }) => value.messages !== undefined);
    expect(webhook?.value.messages).toMatchObject([{ from: '19990000001' }]);
  });

  test('without WhatsApp: what is sent there fails with 131026', async () => {
    const graph = await start();
    await graph.order('contact', { to: CONTACT, reachable: false });
    const { status, body } = await lab.send(text);
    expect(status).toBe(200);
    expect(await statusOf(body.messages?.[0].id, 'failed')).toMatchObject({ errors: [{ code: 131026 }] });
  });

  test('with an identity: another one is refused with 137000', async () => {
    const graph = await start();
    await graph.order('contact', { to: CONTACT, identityKeyHash: 'abc' });
    expect((await lab.send({ ...text, recipient_identity_key_hash: 'abc' })).status).toBe(200);
    const { body } = await lab.send({ ...text, recipient_identity_key_hash: 'old' });
    expect(body.error).toMatchObject({ code: 137000, message: '(#137000) Identity key mismatch' });
  });

  test.each([[{}], [{ to: CONTACT, waId: 'x' }], [{ to: CONTACT, colour: 'red' }]])(
    '%j is no order',
    async (order) => {
      const graph = await start();
      expect((await graph.order('contact', order)).status).toBe(400);
    },
  );
});

describe('a business-scoped user id', () => {
  const userId = 'US.134912086553';

  test('beside a number: the number is used, and the answer names both', async () => {
    await start();
    const { body } = await lab.send({ ...text, recipient: userId });
    expect(body['contacts']).toEqual([{ input: CONTACT, wa_id: CONTACT, user_id: userId }]);
  });

  test('alone cannot be sent an authentication template', async () => {
    const graph = await start({ templateReviewMs: 0 });
    await graph.post(`${NUMBER.wabaId}/message_templates`, {
      name: 'code',
      language: 'en_US',
      category: 'AUTHENTICATION',
      components: [{ type: 'BODY' }, { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] }],
    });
    await lab.receiver.until(({ raw }) => raw.includes('"APPROVED"'));
    const parameters = [{ type: 'text', text: '123456' }];
    const message = {
      type: 'template',
      template: {
        name: 'code',
        language: { code: 'en_US' },
        components: [
          { type: 'body', parameters },
          { type: 'button', sub_type: 'url', index: '0', parameters },
        ],
      },
    };
    expect((await lab.send(message)).status).toBe(200);
    const { body } = await lab.send({ ...message, to: undefined, recipient: userId });
    expect(body.error).toMatchObject({ code: 131062 });
  });
});

describe('a reaction', () => {
  const react = (wamid: string | undefined) =>
    lab.send({ type: 'reaction', reaction: { message_id: wamid, emoji: '👍' } });

  test('to a message that was there is sent', async () => {
    await start();
    const { body } = await lab.send(text);
    const { body: answer } = await react(body.messages?.[0].id);
    await statusOf(answer.messages?.[0].id, 'sent');
  });

  test.each(['a message that never was', 'a reaction', 'a message of more than 30 days ago'])(
    'to %s fails with 131009',
    async (what) => {
      const graph = await start();
      const { body } = await lab.send(text);
      let target: string | undefined = body.messages?.[0].id;
      if (what === 'a reaction') target = (await react(target)).body.messages?.[0].id;
      if (what === 'a message that never was') target = 'wamid.nothing';
      if (what.startsWith('a message of more')) await graph.advance(31 * 86_400_000);
      const { status, body: answer } = await react(target);
      expect(status).toBe(200);
      expect(await statusOf(answer.messages?.[0].id, 'failed')).toMatchObject({ errors: [{ code: 131009 }] });
    },
  );

  test('targets: any takes all', async () => {
    await start({ targets: 'any' });
    const { body } = await react('wamid.nothing');
    await statusOf(body.messages?.[0].id, 'sent');
    expect((await lab.send({ status: 'read', message_id: 'wamid.nothing' })).status).toBe(200);
  });
});
