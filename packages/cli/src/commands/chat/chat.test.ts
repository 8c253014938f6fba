import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Io } from '../../io.ts';
import { runAlur } from '../../testing/run-alur.ts';

const FLOWS = fileURLToPath(new URL('../../../../../flows/', import.meta.url));
const FLOW = `name: say
version: "1.0"
nodes:
  - id: greet
    type: reply
    config: {message: "Hello *{{contact.name}}*"}
triggers:
  - {type: message, target: greet}
`;

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-chat-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

/** Talks, and returns what was said below each line that was typed. */
async function talk(flows: string, lines: readonly string[], more: Partial<Io> = {}, ...flags: string[]) {
  const stdin = Readable.from([lines.map((line) => `${line}\n`).join('')]);
  const ran = await runAlur(['chat', flows, ...flags], cwd, { stdin, ...more });
  return { ...ran, said: ran.out.split(/^(?:[\d-]+ [\d:]+)?> .*\n/m) };
}

describe('alur chat', () => {
  test('numbers choices, and taps the one whose number is typed', async () => {
    const { exit, said, out } = await talk(join(FLOWS, 'demo'), ['menu', '1', '3', '1', '7']);
    expect(exit).toBe(0);
    expect(said[0]).toContain('Talking to 2 flows in ');
    expect(said[1]).toBe(
      '< What would you like to do?\n    1) See the drinks\n    2) Show the place\n    3) Find us\n',
    );
    expect(said[2]).toContain(
      '  I will remember your choice\n    [Choose a drink]\n    Coffee\n    1) Espresso  Short and strong\n',
    );
    expect(said[3]).toContain('< Jasmine tea, a good choice!');
    expect(said[4]).toContain('< You like Jasmine tea');
    expect(said[5]).toContain('< Hello Sari, welcome');
    expect(out).toContain('\n> 7\n');
  });

  test('shows the cards of a carousel, and taps a button of one', async () => {
    const card = (index: number, file: string, id: string) =>
      `{card_index: ${index}, type: button, header: {type: image, image: {file: media/${file}}}, body: {text: The ${id}},
        action: {buttons: [{type: quick_reply, quick_reply: {id: ${id}, title: This}}]}}`;
    const flow = `name: cakes
version: "1.0"
nodes:
  - id: show
    type: reply
    config: {interactive: {type: carousel, body: {text: Which one?}, action: {cards: [
      ${card(0, 'a.png', 'cheesecake')},
      ${card(1, 'b.png', 'brownie')}]}}}
  - id: taken
    type: reply
    config: {message: "You took {{button.id}}"}
triggers:
  - {type: message, target: show}
  - {type: interactive, target: taken}
`;
    await writeFile(join(cwd, 'cakes.ygtc'), flow);
    const { said } = await talk('cakes.ygtc', ['hi', '2']);
    expect(said[1]).toBe(
      [
        '< Which one?',
        '    - [image] media/a.png  The cheesecake',
        '    1) This',
        '    - [image] media/b.png  The brownie',
        '    2) This',
        '',
      ].join('\n'),
    );
    expect(said[2]).toBe('< You took brownie\n');
  });

  test('shows what fills a template: media by their place, parameters by their name', async () => {
    const flow = `name: promo
version: "1.0"
nodes:
  - id: show
    type: reply
    config:
      template:
        name: promo
        language: en
        components:
          - {type: header, parameters: [{type: image, image: {file: media/a.png}}]}
          - {type: body, parameters: [{type: text, parameter_name: customer, text: "{{contact.name}}"}]}
          - type: carousel
            cards:
              - {card_index: 0, components: [{type: button, sub_type: quick_reply, index: 0, parameters: [{type: payload, payload: first}]}]}
              - {card_index: 1, components: [{type: button, sub_type: quick_reply, index: 0, parameters: [{type: payload, payload: second}]}]}
  - {id: taken, type: reply, config: {message: "You took {{button.id}}"}}
triggers:
  - {type: message, target: show}
  - {type: interactive, target: taken}
`;
    await writeFile(join(cwd, 'promo.ygtc'), flow);
    const { said } = await talk('promo.ygtc', ['hi', '/tap second']);
    expect(said[1]).toContain(
      '< [template promo] en\n    header: [image] media/a.png\n    body: customer = Sari\n',
    );
    expect(said[2]).toBe('< You took second\n');
  });

  test('moves the clock, and shows what a wait comes to and what is not sent', async () => {
    const { said, out } = await talk(join(FLOWS, 'examples/handoff'), [
      'talk to a human',
      'hello?',
      '/advance 24h',
      '/state',
      '/advance soon',
      '/status failed',
    ]);
    expect(said[1]).toContain(
      '. event handoff.started {"queue":"support","note":"Sari asked for a person"}\n',
    );
    expect(said[2]).toContain('people have the conversation');
    expect(said[3]).toContain(
      '. 2026-01-06 09:00 the wait is over\n< [template how_was_it] en\n  (in place of "I am back. Did my colleagues help you?"',
    );
    expect(said[4]).toMatch(/window +closed/);
    expect(said[5]).toBe('  write /advance 25h\n');
    expect(said[6]).toContain('no trigger takes this');
    expect(out).toContain('\n2026-01-06 09:00> /state\n');
  });

  test('does everything that a contact or a system can do', async () => {
    const { said } = await talk(join(FLOWS, 'examples'), [
      'order two teas',
      '/edit order three teas',
      '/revoke',
      '/contact Budi',
      '/order {"product_items": [1]}',
      '/event order.paid {"order_id": "A-17", "total": 5}',
      '/status failed 131026',
      '/reaction 👎',
      '/image my cup',
      '/location -6.2,106.8 home',
      '/schedule weekly_news',
      '/who name="Budi S" tags=weekly',
      '/schedule weekly_news',
      '/start ask_address {"reason": "it all"}',
      '/tap nothing',
      '/nothing',
      '/location here',
      '/event order.paid {"order',
    ]);
    expect(said.slice(1).map((text) => text.split('\n')[0])).toEqual([
      '< Noted: order two teas',
      '< Noted: order three teas',
      '< Fine, nothing is ordered.',
      '< Thanks for the card. Here is ours:',
      '< A basket with 1 things, thank you!',
      '< [template order_paid] en',
      '. log warn: not delivered: failed 131026',
      '< We are sorry. What went wrong?',
      '. nothing is said: feedback/why waits',
      '. nothing is said: feedback/why waits',
      expect.stringMatching(/^ {2}The contact does not carry the tag "\w+".*`\/who tags=\w+` in a chat/),
      '  name=Budi S language= wa_id=6281234567890 tags=weekly',
      '< Good morning Budi S! This week: iced jasmine tea.',
      '< Where shall we bring it all? Write the address, or send your location.',
      '  No message has offered anything like "nothing": offered: order_help',
      '  there is no command /nothing; /help lists all',
      '  write /location LAT,LONG [name]',
      '  write /event TYPE [{json}]',
    ]);
  });

  test('answers web services with what /http gives, once', async () => {
    const { said } = await talk(join(FLOWS, 'examples/order_status'), [
      'my order',
      '/http 200 {"state": "sent", "items": [1], "total": 9000}',
      '7',
      'my order',
      '7',
      '/http yes',
      '/trace',
    ]);
    expect(said[3]).toBe('< Order 7 is sent; 1 items, 9.000 rupiah.\n');
    expect(said[5]).toContain(
      '. GET https://shop.example.com/orders/7 has no answer: give one first with /http\n< I cannot reach',
    );
    expect(said[6]).toContain('write /http STATUS');
    expect(said[7]).toContain('  order_status/look_up (http): failed: http\n');
  });

  test('asks a person for the answer of a web service, and ends with the lines', async () => {
    const lines = ['my order', '7', '200 {"state": "sent", "items": [], "total": 0}'];
    const prompts: string[] = [];
    const openTerminal = () => ({
      next: (prompt: string) => {
        prompts.push(prompt);
        return Promise.resolve(lines.shift());
      },
      close: () => prompts.push('closed'),
    });
    const { out, exit } = await talk(join(FLOWS, 'examples/order_status'), [], { openTerminal });
    expect(exit).toBe(0);
    expect(out).toContain('< Order 7 is sent; 0 items, 0 rupiah.\n');
    expect(out).not.toContain('> my order');
    expect(prompts).toEqual([
      '> ',
      '> ',
      '  answer of GET https://shop.example.com/orders/7 (STATUS {json}, nothing to fail): ',
      '> ',
      'closed',
    ]);
  });

  test('shows bold text to a terminal, and no control characters', async () => {
    await mkdir(join(cwd, 'flows'));
    await writeFile(join(cwd, 'flows/say.ygtc'), FLOW);
    const { out } = await talk('flows', ['/who name=Bu\u001b[31mdi', 'hi'], { isTTY: true });
    expect(out).toContain('Hello \u001b[1mBu\uFFFD[31mdi\u001b[22m\n');
  });

  test('reads the flows again, and keeps the old ones where the new have errors', async () => {
    await mkdir(join(cwd, 'flows'));
    const file = join(cwd, 'flows/say.ygtc');
    await writeFile(file, FLOW);
    const lines = ['hi', '/reload', 'hi', '/reload', 'hi', '/reset', '/quit'];
    const texts = [FLOW.replace('Hello', 'Bye'), FLOW.replace('greet}', 'gret}')];
    const openTerminal = () => ({
      next: async () => {
        if (lines[0] === '/reload') await writeFile(file, texts.shift() ?? '');
        return lines.shift();
      },
      close: () => undefined,
    });
    const { out } = await talk('flows', [], { openTerminal });
    expect(out.match(/^(< .*| {2}[a-z].*|error.*)$/gm)).toEqual([
      '< Hello *Sari*',
      '  the flows are read again; a run that waits ends in those that it began in',
      '< Bye *Sari*',
      expect.stringContaining('error[E110]'),
      '  the flows stay as they were',
      '< Bye *Sari*',
      '  a new conversation',
    ]);
  });

  test('saves what happened as a test that passes, and adds a second one', async () => {
    await mkdir(join(cwd, 'flows'));
    await writeFile(join(cwd, 'flows/say.ygtc'), FLOW);
    const { out } = await talk('flows', [
      '/save test',
      'hi',
      '/who name=Ani',
      'hi',
      '/advance 25h',
      '/save test',
      '/reset',
      'hi',
      '/save test',
      '/save test x.yaml',
      '/save it',
    ]);
    expect(out).toContain('saved "says hi" in flows/chat.test.yaml');
    expect(out).toContain('saved "says hi (2)" in flows/chat.test.yaml');
    const text = await readFile(join(cwd, 'flows/chat.test.yaml'), 'utf8');
    expect(text).toContain(
      '      - in: hi\n        contact: { name: Ani }\n        out:\n          - Hello *Ani*\n',
    );
    expect(await runAlur(['test'], cwd)).toMatchObject({
      exit: 0,
      out: expect.stringMatching(/^2 tests in 1 file, 2 passed/),
    });
    await talk('flows', ['hi', '/save test elsewhere.test.yaml']);
    expect(await runAlur(['test', 'elsewhere.test.yaml'], cwd)).toMatchObject({ exit: 0 });
  });

  test('refuses flows with errors, and shows warnings once', async () => {
    await mkdir(join(cwd, 'flows'));
    await writeFile(join(cwd, 'flows/say.ygtc'), FLOW.replace('greet}', 'gret}'));
    const refused = await talk('flows', ['hi']);
    expect(refused).toMatchObject({ exit: 3, out: expect.stringContaining('error[E110]') });
    await writeFile(join(cwd, 'flows/say.ygtc'), FLOW.replace('contact.name', 'nobody'));
    const warned = await talk('flows', ['hi', 'hi']);
    expect(warned).toMatchObject({ exit: 0 });
    expect(warned.out.match(/warning\[/g)).toHaveLength(1);
    expect(await talk('nowhere', [])).toMatchObject({ exit: 4 });
    await writeFile(join(cwd, 'flows/bundle.yaml'), 'tenats: []\nstrict: maybe\n');
    const faulty = await talk('flows', ['hi']);
    expect(faulty).toMatchObject({ exit: 3, out: expect.stringContaining('flows/bundle.yaml:1:1') });
    expect(faulty.out).toMatch(/\n\d problems\n$/);
    await rm(join(cwd, 'flows/bundle.yaml'));
    expect(await talk('flows', ['hi'], {}, '--flows', 'others')).toMatchObject({ exit: 4 });
  });

  test('talks to the folder that --flows names, and says which others there are', async () => {
    for (const team of ['sales', 'care']) {
      await mkdir(join(cwd, 'b', team), { recursive: true });
      await writeFile(join(cwd, 'b', team, 'say.ygtc'), FLOW.replace('Hello', team));
    }
    const teams = ['sales', 'care'].map(
      (id) =>
        `      - {id: ${id}, enabled: true, public_base_url: "https://example.com", flows: ${id}, numbers: []}`,
    );
    await writeFile(
      join(cwd, 'b/bundle.yaml'),
      ['tenants:', '  - id: default', '    teams:', ...teams, ''].join('\n'),
    );
    const first = await talk('b', ['hi']);
    expect(first.out).toContain('< sales *Sari*');
    expect(first.out).toContain('There are others, for --flows: b/care');
    expect((await talk('b', ['hi'], {}, '--flows', 'care')).out).toContain('< care *Sari*');
  });

  test('keeps standard output for the one document of --json', async () => {
    const ran = await talk(join(FLOWS, 'demo'), ['menu'], {}, '--json');
    expect(JSON.parse(ran.out)).toMatchObject({ ok: true, command: 'chat', data: { steps: 1 } });
    expect(ran.err).toContain('< What would you like to do?');
  });
});
