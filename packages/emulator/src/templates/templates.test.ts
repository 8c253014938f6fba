import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { type GraphClient, graphOf } from '../testing/graph-client.ts';
import { type Lab, NUMBER, startLab } from '../testing/lab.ts';

let lab: Lab;
let graph: GraphClient;
beforeEach(async () => {
  lab = await startLab({ templateReviewMs: 60_000, clock: { stopped: true } });
  graph = graphOf(lab);
});
afterEach(() => lab.close());

const PATH = `${NUMBER.wabaId}/message_templates`;
const DAY_MS = 86_400_000;
const body = (text = 'Hello {{1}}, welcome.') => ({ type: 'BODY', text, example: { body_text: [['Ana']] } });
const draft = (name = 'welcome', more: object = {}) => ({
  name,
  language: 'en_US',
  category: 'UTILITY',
  components: [body()],
  ...more,
});
const create = async (given: object = draft()) => {
  const { status, body: answer, text } = await graph.post(PATH, given);
  if (status !== 200) throw new Error(text);
  return String(answer['id']);
};
const approve = () => graph.advance(60_000);
const namesOf = (answer: Record<string, unknown>) => {
  const data = Array.isArray(answer['data']) ? answer['data'] : [];
  return data.map((entry: unknown) =>
    typeof entry === 'object' && entry && 'name' in entry ? entry.name : entry,
  );
};
const sendTemplate = (
  name = 'welcome',
  code = 'en_US',
  parameters: object[] = [{ type: 'text', text: 'Ana' }],
) =>
  lab.send({
    type: 'template',
    template: { name, language: { code }, components: [{ type: 'body', parameters }] },
  });

describe('POST /{waba_id}/message_templates', () => {
  test('a template waits, is approved by itself, and a webhook tells', async () => {
    const created = await graph.post(PATH, draft());
    expect(created.body).toEqual({
      id: expect.stringMatching(/^\d+$/),
      status: 'PENDING',
      category: 'UTILITY',
    });
    const id = String(created.body['id']);
    const waiting = await sendTemplate();
    expect([waiting.status, waiting.body.error]).toMatchObject([404, { code: 132001 }]);
    await approve();
    const [webhook] = await lab.receiver.until(({ raw }) => raw.includes('message_template_status_update'));
    expect(webhook?.value).toMatchObject({
      event: 'APPROVED',
      message_template_id: Number(id),
      message_template_name: 'welcome',
      message_template_language: 'en-US',
      reason: 'NONE',
      message_template_category: 'UTILITY',
    });
    expect((await sendTemplate()).status).toBe(200);
    expect((await graph.get(id)).body).toEqual({
      name: 'welcome',
      parameter_format: 'POSITIONAL',
      components: [body()],
      language: 'en_US',
      status: 'APPROVED',
      category: 'UTILITY',
      id,
    });
    const fields = 'name,status,category,language,components,quality_score,rejected_reason';
    expect((await graph.get(`${id}?fields=${fields}`)).body).toMatchObject({
      quality_score: { score: 'UNKNOWN', date: expect.any(Number) },
      rejected_reason: 'NONE',
    });
  });

  test('an order decides about it: rejected with a reason, or of another category', async () => {
    const id = await create();
    const order = { number: NUMBER.id, name: 'welcome', language: 'en_US' };
    expect(
      (await graph.order('template-review', { ...order, status: 'REJECTED', reason: 'PROMOTIONAL' })).status,
    ).toBe(200);
    expect((await graph.get(`${id}?fields=status,rejected_reason`)).body).toMatchObject({
      status: 'REJECTED',
      rejected_reason: 'PROMOTIONAL',
    });
    await graph.order('template-review', { ...order, status: 'APPROVED', category: 'MARKETING' });
    await graph.advance(0);
    const raws = lab.receiver.received.map(({ raw }) => raw);
    expect(
      raws.some(
        (raw) => raw.includes('template_category_update') && raw.includes('"new_category":"MARKETING"'),
      ),
    ).toBe(true);
    await approve();
    expect((await graph.get(`${id}?fields=status,category`)).body).toMatchObject({
      status: 'APPROVED',
      category: 'MARKETING',
    });
  });

  test.each([
    ['a bad name', draft('Hi!'), 2388046],
    ['a body of 1025', draft('a', { components: [{ type: 'BODY', text: 'x'.repeat(1025) }] }), 2388040],
    ['no body', draft('a', { components: [{ type: 'FOOTER', text: 'x' }] }), 2388043],
    ['no example', draft('a', { components: [{ type: 'BODY', text: 'Hello {{1}}.' }] }), 2388043],
    ['a variable at the start', draft('a', { components: [body('{{1}} hello')] }), 2388299],
    ['a variable at the end', draft('a', { components: [body('hello {{1}}')] }), 2388299],
    ['variables that touch', draft('a', { components: [body('Hi {{1}} {{2}} there')] }), 2388072],
    ['a gap in the variables', draft('a', { components: [body('Hi {{1}} and {{3}} there')] }), 2388072],
    [
      'numbers where names are said',
      draft('a', { components: [body('Hi {{1}} there')], parameter_format: 'NAMED' }),
      2388072,
    ],
    [
      'a header of 61',
      draft('a', { components: [{ type: 'HEADER', format: 'TEXT', text: 'x'.repeat(61) }, body()] }),
      2388040,
    ],
    [
      'two variables in a header',
      draft('a', { components: [{ type: 'HEADER', format: 'TEXT', text: 'a {{1}} {{2}}' }, body()] }),
      2388047,
    ],
    [
      'an emoji in a header',
      draft('a', { components: [{ type: 'HEADER', format: 'TEXT', text: 'Hi 🎉' }, body()] }),
      2388047,
    ],
    [
      'a picture without sample',
      draft('a', { components: [{ type: 'HEADER', format: 'IMAGE' }, body()] }),
      2388043,
    ],
    [
      'a footer of 61',
      draft('a', { components: [body(), { type: 'FOOTER', text: 'x'.repeat(61) }] }),
      2388040,
    ],
    [
      'a variable in a footer',
      draft('a', { components: [body(), { type: 'FOOTER', text: 'x {{1}}' }] }),
      2388073,
    ],
  ])('refuses %s', async (_label, given, subcode) => {
    const { status, body: answer } = await graph.post(PATH, given);
    expect(status).toBe(400);
    expect(answer.error).toMatchObject({
      code: 100,
      error_subcode: subcode,
      message: 'Invalid parameter',
      error_user_title: expect.any(String),
      error_user_msg: expect.any(String),
    });
  });

  const quick = (text: string) => ({ type: 'QUICK_REPLY', text });
  const url = { type: 'URL', text: 'Open', url: 'https://example.com/{{1}}', example: ['a'] };
  const phone = { type: 'PHONE_NUMBER', text: 'Call', phone_number: '+15550100001' };
  test.each([
    ['eleven buttons', Array.from({ length: 11 }, (_, index) => quick(`b${index}`))],
    ['a label of 26', [quick('x'.repeat(26))]],
    ['three links', [url, url, url]],
    ['two phone numbers', [phone, phone]],
    ['a phone number of 21', [{ ...phone, phone_number: `+${'1'.repeat(20)}` }]],
    [
      'two copy codes',
      [
        { type: 'COPY_CODE', example: 'A' },
        { type: 'COPY_CODE', example: 'B' },
      ],
    ],
    ['quick replies on both sides', [quick('a'), url, quick('b')]],
    ['a link with its variable in the middle', [{ ...url, url: 'https://example.com/{{1}}/a' }]],
    ['an unknown type', [{ type: 'PAINT', text: 'a' }]],
  ])('refuses buttons: %s', async (_label, buttons) => {
    const { body: answer } = await graph.post(
      PATH,
      draft('a', { components: [body(), { type: 'BUTTONS', buttons }] }),
    );
    expect(answer.error).toMatchObject({ code: 100, error_subcode: 2388060 });
  });

  test('takes ten buttons of every kind, named parameters, and an authentication template', async () => {
    const buttons = [
      ...Array.from({ length: 6 }, (_, index) => quick(`b${index}`)),
      url,
      url,
      phone,
      { type: 'COPY_CODE', example: 'A' },
    ];
    await create(draft('a', { components: [body(), { type: 'BUTTONS', buttons }] }));
    const named = {
      type: 'BODY',
      text: 'Hi {{who}}.',
      example: { body_text_named_params: [{ param_name: 'who', example: 'Ana' }] },
    };
    await create(draft('b', { components: [named], parameter_format: 'named' }));
    const otp = { type: 'BUTTONS', buttons: [{ type: 'OTP', otp_type: 'COPY_CODE' }] };
    const id = await create(
      draft('code', {
        category: 'AUTHENTICATION',
        components: [{ type: 'BODY', add_security_recommendation: true }, otp],
      }),
    );
    expect((await graph.get(id)).body['components']).toMatchObject([
      { type: 'BODY', text: '*{{1}}* is your verification code. For your security, do not share this code.' },
      { type: 'BUTTONS', buttons: [{ type: 'URL', url: expect.stringMatching(/code=otp\{\{1\}\}$/) }] },
    ]);
  });

  test.each([
    ['no category', { category: undefined }, '(#100) The parameter category is required.'],
    [
      'a category that there is not',
      { category: 'FUN' },
      '(#100) Param category must be one of {AUTHENTICATION, MARKETING, UTILITY} - got "FUN".',
    ],
    ['no components', { components: undefined }, '(#100) The parameter components is required.'],
    [
      'a language that is none',
      { language: 'English' },
      '(#100) Param language must be one of the supported languages - got "English".',
    ],
  ])('refuses %s', async (_label, more, message) => {
    expect((await graph.post(PATH, draft('a', more))).body.error).toMatchObject({ code: 100, message });
  });

  test('a name is free once per language, and again 30 days after its end', async () => {
    await create();
    expect((await graph.post(PATH, draft())).body.error).toMatchObject({ code: 100, error_subcode: 2388024 });
    await create(draft('welcome', { language: 'id' }));
    expect((await graph.delete(`${PATH}?name=welcome`)).body).toEqual({ success: true });
    expect((await graph.get(PATH)).body).toEqual({ data: [] });
    expect((await graph.post(PATH, draft())).body.error).toMatchObject({ error_subcode: 2388023 });
    expect((await sendTemplate()).body.error).toMatchObject({ code: 132001 });
    await graph.advance(30 * DAY_MS);
    await create();
  });

  test('100 an hour, 250 in all', async () => {
    for (let count = 0; count < 250; count += 1) {
      if (count % 100 === 0) await graph.advance(3_600_000);
      await create(draft(`t${count}`));
      if (count === 99) {
        const refused = await graph.post(PATH, draft('more'));
        expect(refused.body.error).toMatchObject({ code: 80007, message: '(#80007) Rate limit issues' });
      }
    }
    await graph.advance(3_600_000);
    expect((await graph.post(PATH, draft('more'))).body.error).toMatchObject({ error_subcode: 2388019 });
  });
});

describe('GET /{waba_id}/message_templates', () => {
  beforeEach(async () => {
    await create(draft('order_paid'));
    await create(draft('order_sent', { language: 'id' }));
    await create(draft('offer', { category: 'MARKETING' }));
    await approve();
    await create(draft('late'));
  });

  test.each([
    ['', ['late', 'offer', 'order_sent', 'order_paid']],
    ['name=ORDER', ['order_sent', 'order_paid']],
    ['status=PENDING', ['late']],
    ['status=approved&category=UTILITY', ['order_sent', 'order_paid']],
    ['language=id', ['order_sent']],
    ['category=MARKETING,UTILITY&language=["en_US"]', ['late', 'offer', 'order_paid']],
    ['name=nothing', []],
  ])('?%s lists %j', async (query, names) => {
    expect(namesOf((await graph.get(`${PATH}?${query}`)).body)).toEqual(names);
  });

  test('goes by pages: next is missing on the last', async () => {
    const seen: unknown[] = [];
    let page = (await graph.get(`${PATH}?limit=3&fields=name`)).body;
    expect(page).toEqual({
      data: [
        { name: 'late', id: expect.any(String) },
        { name: 'offer', id: expect.any(String) },
        { name: 'order_sent', id: expect.any(String) },
      ],
      paging: {
        cursors: { before: expect.any(String), after: expect.any(String) },
        next: expect.stringContaining('/message_templates?'),
      },
    });
    seen.push(...namesOf(page));
    const { next } = z.object({ next: z.string() }).parse(page['paging']);
    const url = new URL(next);
    page = (await lab.call('GET', `${url.pathname}${url.search}`)).body;
    seen.push(...namesOf(page));
    expect(seen).toEqual(['late', 'offer', 'order_sent', 'order_paid']);
    expect(page['paging']).not.toHaveProperty('next');
    const { cursors } = z.object({ cursors: z.object({ before: z.string() }) }).parse(page['paging']);
    expect(namesOf((await graph.get(`${PATH}?limit=2&before=${cursors.before}`)).body)).toEqual([
      'offer',
      'order_sent',
    ]);
  });

  test.each([
    ['after=nonsense', 131059],
    ['limit=0', 100],
    ['fields=colour', 100],
  ])('?%s is refused with %i', async (query, code) => {
    const { status, body: answer } = await graph.get(`${PATH}?${query}`);
    expect([status, answer.error]).toMatchObject([400, { code }]);
  });
});

describe('one template', () => {
  test('is edited once a day and reviewed anew', async () => {
    const id = await create();
    const change = { components: [body('Hello {{1}}, welcome back.')] };
    expect((await graph.post(id, change)).body.error).toMatchObject({ error_subcode: 2388039 });
    await approve();
    expect((await graph.post(id, change)).body).toMatchObject({ success: true, id });
    expect((await graph.get(`${id}?fields=status,components`)).body).toMatchObject({
      status: 'PENDING',
      components: change.components,
    });
    await approve();
    expect((await graph.post(id, change)).body.error).toMatchObject({
      message: '(#100) An approved template can be edited at most once in 24 hours.',
    });
    for (let edits = 1; edits < 10; edits += 1) {
      await graph.advance(DAY_MS);
      expect((await graph.post(id, change)).status).toBe(200);
      await approve();
    }
    await graph.advance(DAY_MS);
    expect((await graph.post(id, change)).body.error).toMatchObject({
      message: '(#100) An approved template can be edited at most 10 times in 30 days.',
    });
    expect((await graph.post(id, { components: [body('{{1}}')] })).status).toBe(400);
  });

  test('is unpaused when it is paused', async () => {
    const id = await create();
    await approve();
    expect((await graph.post(`${id}/unpause`)).body.error).toMatchObject({ error_subcode: 2388039 });
    await graph.order('template-review', {
      number: NUMBER.id,
      name: 'welcome',
      language: 'en_US',
      status: 'PAUSED',
    });
    expect((await sendTemplate()).body.error).toMatchObject({ code: 132015 });
    expect((await graph.post(`${id}/unpause`)).body).toEqual({ success: true });
    expect((await sendTemplate()).status).toBe(200);
  });

  test('is deleted by its id, by name and id, or with others', async () => {
    const ids = [];
    for (const name of ['a', 'b', 'c', 'd']) ids.push(await create(draft(name)));
    expect((await graph.delete(String(ids[0]))).body).toEqual({ success: true });
    expect((await graph.delete(`${PATH}?name=b&hsm_id=${ids[2]}`)).body.error).toMatchObject({
      error_subcode: 2593002,
    });
    expect((await graph.delete(`${PATH}?name=b&hsm_id=${ids[1]}`)).body).toEqual({ success: true });
    expect((await graph.delete(`${PATH}?hsm_ids=[${ids[2]},"${ids[3]}"]`)).body).toEqual({ success: true });
    expect((await graph.get(PATH)).body).toEqual({ data: [] });
    expect((await graph.delete(`${PATH}?name=a`)).body.error).toMatchObject({ error_subcode: 2593002 });
    expect((await graph.delete(PATH)).body.error).toMatchObject({
      message: '(#100) The parameter name is required.',
    });
    const many = JSON.stringify(Array.from({ length: 101 }, () => '1'));
    expect((await graph.delete(`${PATH}?hsm_ids=${many}`)).body.error).toMatchObject({ code: 100 });
  });
});

describe('templates that are not defined', () => {
  test('count as approved, unless only defined ones may be sent', async () => {
    expect((await sendTemplate('anything')).status).toBe(200);
    const definition = { ...draft(), id: '77', status: 'APPROVED', components: [body()] };
    const strict = await startLab({
      templates: 'defined',
      templateDefinitions: { [NUMBER.wabaId]: [definition] },
    });
    try {
      const send = (name: string) =>
        strict.send({
          type: 'template',
          template: {
            name,
            language: { code: 'en_US' },
            components: [{ type: 'body', parameters: [{ type: 'text', text: 'A' }] }],
          },
        });
      expect((await send('welcome')).status).toBe(200);
      expect((await send('anything')).body.error).toMatchObject({
        code: 132001,
        error_data: { details: 'template name (anything) does not exist in en_US' },
      });
      const order = { number: NUMBER.id, templates: [{ ...definition, id: '78', name: 'anything' }] };
      expect((await graphOf(strict).order('templates', order)).body).toEqual({ success: true });
      expect((await send('anything')).status).toBe(200);
    } finally {
      await strict.close();
    }
  });
});
