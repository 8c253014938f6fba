import { describe, expect, test } from '@jest/globals';
import { createOptOutMatcher } from '@alur/types';
import { flowOf, loaded } from '../testing/conversation.ts';
import { ActionError } from './action-error.ts';
import { Action } from './action.ts';
import { deliveryView } from './message-view.ts';
import { type SimulatedTurn, type SimulationOptions } from './simulated.ts';
import { createSimulation } from './simulation.ts';

const AT = 1_800_000_000;
const said = (turns: SimulatedTurn | readonly SimulatedTurn[]) =>
  [turns].flat().flatMap(({ deliveries }) => deliveries.map(deliveryView));

function begin(nodes: string, options: SimulationOptions = {}, triggers = '') {
  const source = flowOf(nodes);
  const flows = loaded([{ ...source, text: `${source.text}${triggers}` }]);
  const simulation = createSimulation(flows, { at: AT, ...options });
  return { ...simulation, act: (action: unknown) => simulation.take(Action.parse(action)) };
}

const reply = (id: string, config: string, more = '') =>
  `- {id: ${id}, type: reply, ${more} config: ${config}}\n`;

describe('createSimulation()', () => {
  test('comes to the same ids for the same actions, and to others for the next', async () => {
    const talk = async () => {
      const { act } = begin(reply('a', '{message: "Hi {{contact.name}}"}'));
      return [await act('hello'), await act('hello')];
    };
    const [first, again] = await talk();
    expect(await talk()).toEqual([first, again]);
    expect(first?.event.evt).not.toBe(again?.event.evt);
    expect(first && said(first)).toEqual([{ text: 'Hi Sari' }]);
    expect(first).toMatchObject({
      started: { flow: 'test', label: 'message' },
      deliveries: [{ wamid: 'wamid.out.1' }],
    });
  });

  test('fires the timer of a wait exactly when it is due, several in order', async () => {
    const nodes =
      '- {id: a, type: wait, config: {timeout: 60, on_timeout: b}}\n' +
      reply('b', '{message: "{{now}}"}', 'next: c,') +
      '- {id: c, type: wait, config: {timeout: 30, on_timeout: d}}\n' +
      reply('d', '{message: "{{now}}"}');
    const { act, advance, view } = begin(nodes);
    expect((await act('hi')).result.outcome).toBe('waiting');
    expect(await advance(59)).toEqual([]);
    const turns = await advance(100);
    expect(said(turns)).toEqual([{ text: String(AT + 60) }, { text: String(AT + 90) }]);
    expect(turns.map(({ event }) => ({ kind: event.kind, at: event.at }))).toEqual([
      { kind: 'timer', at: AT + 60 },
      { kind: 'timer', at: AT + 90 },
    ]);
    expect(view()).toMatchObject({ at: AT + 159, session: { epoch: 2 } });
  });

  test('goes on with an answer, and leaves nothing for the timer', async () => {
    const { act, advance } = begin(
      '- {id: a, type: wait, next: b, config: {timeout: 60, save: it}}\n' + reply('b', '{message: "{{it}}"}'),
    );
    await act('hi');
    expect(await act('tea')).toMatchObject({
      resumed: { node: 'a' },
      deliveries: [{ message: { text: 'tea' } }],
    });
    expect(await advance(100)).toEqual([]);
  });

  test.each([
    ['sends the text while the window is open', 86_399, '', [{ text: 'x' }]],
    ['refuses the text after it', 86_400, '', [{ text: 'x', refused: 'window_closed' }]],
    ['skips it', 86_400, ', outside_window: skip', [{ text: 'x', skipped: true }]],
    [
      'sends the template in its place',
      86_400,
      ', outside_window: {template: {name: come_back, language: en}}',
      [{ template: 'come_back', language: 'en', instead_of: 'x' }],
    ],
  ])('%s', async (_, seconds, outside, expected) => {
    const { act, advance } = begin(
      `- {id: a, type: wait, config: {timeout: ${seconds}, on_timeout: b}}\n${reply('b', `{message: x${outside}}`)}`,
    );
    await act('hi');
    expect(said(await advance(seconds))).toEqual(expected);
  });

  test('counts only messages of the contact for the window', async () => {
    const { act, advance, view } = begin(reply('a', '{message: x}'), {}, '  - {type: reaction, target: a}\n');
    await act('hi');
    await advance(86_400);
    expect(said(await act({ reaction: '👍' }))).toEqual([{ text: 'x', refused: 'window_closed' }]);
    expect(view().isWindowOpen).toBe(false);
    await act({ image: 'my dog' });
    expect(view().isWindowOpen).toBe(true);
  });

  test('lets one confirmation through after a stop, and refuses the rest until a start', async () => {
    const matcher = createOptOutMatcher({ stop: ['STOP'], start: ['START'] });
    const { act, view } = begin(reply('a', '{message: x}'), { optOut: { matcher, confirmation: 'Bye' } });
    expect(said(await act('Stop!'))).toEqual([{ text: 'Bye' }]);
    expect(view().optedOut).toBe('all');
    expect(said(await act('hi'))).toEqual([{ text: 'x', refused: 'opted_out' }]);
    await act('start');
    expect(said(await act('hi'))).toEqual([{ text: 'x' }]);
  });

  test('refuses templates alone to whoever wants no marketing', async () => {
    const template = '{template: {name: news, language: en}}';
    const { act } = begin(reply('a', template, 'next: b,') + reply('b', '{message: x}'), {
      optedOut: 'marketing',
    });
    expect(said(await act('hi'))).toMatchObject([{ template: 'news', refused: 'opted_out' }, { text: 'x' }]);
  });

  test('taps what was offered, by id or title, and nothing else', async () => {
    const { act, view } = begin(
      reply(
        'a',
        '{message: "{{default(button.id, \'none\')}}", buttons: [{id: y, title: "Yes"}, {id: n, title: "No"}]}',
      ),
    );
    await expect(act({ tap: 'y' })).rejects.toThrow(ActionError);
    await act('hi');
    expect(view().choices.map(({ id }) => id)).toEqual(['y', 'n']);
    expect(said(await act({ button: 'No' }))).toMatchObject([{ text: 'n' }]);
    expect(said(await act({ tap: 'y' }))).toMatchObject([{ text: 'y' }]);
    await expect(act({ button: 'yy' })).rejects.toMatchObject({ fix: 'did you mean `y`?' });
    await expect(act({ list: 'y' })).rejects.toThrow('No message has offered a row "y"');
    expect((await act({ button: { id: 'old', title: 'Old' } })).event).toMatchObject({
      id: 'old',
      source: 'button',
    });
  });

  test('keeps tags, state and names from one turn to the next', async () => {
    const { act, view, introduce } = begin(
      '- {id: a, type: tag, config: {add: weekly}, next: b}\n' +
        '- {id: b, type: state, config: {action: set, key: seen, value: "{{default(state.seen, 0) + 1}}"}, next: c}\n' +
        reply('c', '{message: "{{contact.name}} {{seen}} {{size(contact.tags)}}"}'),
    );
    await act('hi');
    introduce({ name: 'Budi' });
    expect(said(await act('hi'))).toEqual([{ text: 'Budi 2 1' }]);
    expect(view()).toMatchObject({ contact: { tags: ['weekly'] }, session: { state: { seen: 2 } } });
  });

  test('asks for the answers of web services, and goes on with them', async () => {
    const urls: unknown[] = [];
    const { act } = begin(
      '- {id: a, type: http, output: it, next: b, config: {url: "https://example.com/{{message}}"}}\n' +
        reply('b', '{message: "{{it.body.price}}"}'),
      {
        respond: (request) => {
          urls.push(request.url);
          return { kind: 'answer', status: 200, headers: {}, body: { price: 7 }, ms: 1 };
        },
      },
    );
    const turn = await act('tea');
    expect(said(turn)).toEqual([{ text: '7' }]);
    expect(turn.calls).toMatchObject([{ result: { status: 200 } }]);
    expect(urls).toHaveLength(1);
  });

  test('fails a call that nobody answers', async () => {
    const { act } = begin('- {id: a, type: http, config: {url: "https://example.com/"}}\n');
    expect((await act('hi')).result).toMatchObject({ outcome: 'failed', failure: { code: 'http' } });
  });

  test('ends a waiting run in the flows that it began in', async () => {
    const nodes = (text: string) => '- {id: a, type: wait, next: b}\n' + reply('b', `{message: ${text}}`);
    const simulation = begin(nodes('old'));
    await simulation.act('hi');
    simulation.replaceFlows(loaded([flowOf(nodes('new'))]));
    expect(said(await simulation.act('there'))).toEqual([{ text: 'old' }]);
    await simulation.act('hi');
    expect(said(await simulation.act('there'))).toEqual([{ text: 'new' }]);
  });

  test('tells the flows what the system tells: events, schedules, statuses, releases, a start anywhere', async () => {
    const { act, view, introduce } = begin(
      reply('a', '{message: "{{message.type}} {{default(input.order, 0)}}"}', 'next: b,') +
        '- {id: b, type: handoff}\n',
      { lastMessageTime: AT },
      [
        '  - {type: event, event_type: order.paid, target: a}\n',
        '  - {type: timer, cron: "0 9 * * 1", audience: {tag: weekly}, target: a}\n',
        '  - {type: status, target: a}\n',
      ].join(''),
    );
    expect(said(await act({ event: 'order.paid', input: { order: 7 } }))).toEqual([{ text: 'event 7' }]);
    expect(view().session.wait).toMatchObject({ for: 'release', node: 'b' });
    expect((await act('hello?')).result.outcome).toBe('silent');
    expect((await act({ release: true })).result).toMatchObject({ outcome: 'completed' });
    await expect(act({ schedule: 'test' })).rejects.toThrow('does not carry the tag');
    introduce({ tags: ['weekly'] });
    expect(said(await act({ schedule: 'test' }))).toEqual([{ text: 'schedule 0' }]);
    await act({ release: true });
    expect(said(await act({ status: 'failed', code: 131026 }))).toEqual([{ text: 'status 0' }]);
    await act({ release: true });
    expect((await act({ start: 'test/b' })).result.trace).toMatchObject([{ node: 'b' }]);
    await expect(act({ start: 'tst' })).rejects.toMatchObject({ fix: 'did you mean `test`?' });
    await expect(act({ schedule: 'tset' })).rejects.toThrow('No flow "tset" has a timer trigger');
  });

  test('makes an event of everything that a contact can do', async () => {
    const { act } = begin(reply('a', '{message: x}'));
    const actions: [unknown, unknown][] = [
      ['hi', { kind: 'text' }],
      [{ image: 'a dog' }, { kind: 'media', media: { type: 'image', caption: 'a dog', id: 'media.2' } }],
      [
        { document: { filename: 'a.pdf', mime_type: 'application/pdf' } },
        { media: { mimeType: 'application/pdf' } },
      ],
      [{ location: { latitude: -6.2, longitude: 106.8 } }, { kind: 'location' }],
      [{ contacts: [{ name: { formatted_name: 'Budi' } }] }, { kind: 'contacts' }],
      [{ order: { catalog_id: '1' } }, { kind: 'order' }],
      [{ form: { size: 'L' } }, { kind: 'form' }],
      [{ reaction: '👍' }, { kind: 'reaction', reaction: { wamid: 'wamid.out.1', emoji: '👍' } }],
      [{ reaction: '' }, { kind: 'reaction' }],
      [{ edit: 'ho' }, { kind: 'edit', edit: { wamid: 'wamid.in.7', text: 'ho' } }],
      [{ revoke: true }, { kind: 'revoke', revoke: { wamid: 'wamid.in.7' } }],
      [{ unsupported: 'poll' }, { kind: 'unsupported', type: 'poll' }],
      [{ text: 'this', to: 'wamid.out.1' }, { context: { wamid: 'wamid.out.1' } }],
      [{ text: 'ad', referral: { source_id: '1' } }, { referral: { source_id: '1' } }],
    ];
    const ids = new Set<string>();
    for (const [action, event] of actions) {
      const taken = await act(action);
      expect(taken.event).toMatchObject(event as object);
      ids.add(taken.event.evt);
    }
    expect(ids.size).toBe(actions.length);
  });
});
