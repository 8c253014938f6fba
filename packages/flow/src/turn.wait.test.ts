import { describe, expect, test } from '@jest/globals';
import { InboundEvent, type JsonObject, type Session, type Snapshot, type TurnDone } from '@alur/types';
import { turn, type FlowSet, type TurnOptions } from './index.ts';
import { anEvent, aSnapshot, AT, flowOf, loaded, sendsOf, tap, textEvent } from './testing/conversation.ts';

const ASK = `
- {id: ask, type: reply, config: {message: "How many?"}, next: hold}
- id: hold
  type: wait
  config: {expect: number, save: guests, timeout: 3600, on_timeout: late, on_invalid: again, max_attempts: 3}
  next: done
  on_error: give_up
- {id: again, type: reply, config: {message: "A number, please"}, next: hold}
- {id: done, type: reply, config: {message: "{{guests}} it is, {{prev}}"}}
- {id: late, type: reply, config: {message: "Still there?"}}
- {id: give_up, type: reply, config: {message: "Call us"}}
`;

/** Takes events one after the other, each from where the one before came to. */
function play(
  flows: FlowSet,
  events: readonly InboundEvent[],
  options: TurnOptions = {},
  from: JsonObject = {},
) {
  let session: Session = aSnapshot(from).session;
  return events.map((event): TurnDone => {
    const result = turn(flows, { ...aSnapshot(), session }, event, options);
    if (result.kind !== 'done') throw new Error('the turn needs an answer');
    ({ session } = result);
    return result;
  });
}

const said = (result: TurnDone | undefined) =>
  result && sendsOf(result).map(({ message }) => (message.kind === 'text' ? message.text : message.kind));
const timer = (epoch: number, at = AT + 3600) => systemEvent({ kind: 'timer', epoch, at });
const systemEvent = (fields: JsonObject): InboundEvent =>
  InboundEvent.parse({ ...anEvent({ kind: 'text', text: '' }), ...fields });

describe('turn() of a run that waits', () => {
  test('stands still, and goes on with the answer', () => {
    const [first, second] = play(loaded([flowOf(ASK)]), [textEvent('hi'), textEvent('4')]);
    expect([said(first), first?.outcome]).toEqual([['How many?'], 'waiting']);
    expect(first?.session).toMatchObject({
      epoch: 1,
      wait: { for: 'message', node: 'hold', until: AT + 3600 },
    });
    expect([said(second), second?.outcome, second?.session]).toEqual([
      ['4 it is, 4'],
      'completed',
      { state: { guests: 4 }, epoch: 1 },
    ]);
  });

  test('asks again for a wrong answer, and gives up after as many as it may', () => {
    const events = ['hi', 'many', 'x', 'y'].map((text) => textEvent(text));
    const results = play(loaded([flowOf(ASK)]), events);
    expect(results.map(said)).toEqual([
      ['How many?'],
      ['A number, please'],
      ['A number, please'],
      ['Call us'],
    ]);
    expect(results.at(-1)?.session).toEqual({ state: {}, epoch: 3 });
  });

  test('forgets wrong answers after a right one', () => {
    const flows = loaded([
      flowOf(ASK.replace('next: done\n', 'next: ask\n').replace(/- \{id: done.*\n/, '')),
    ]);
    const events = ['hi', 'x', 'x', '1', 'x', 'x', '2'].map((text) => textEvent(text));
    expect(play(flows, events).map(({ outcome }) => outcome)).toEqual(Array(7).fill('waiting'));
  });

  test('goes on by itself when the time is up, and heeds no timer of an older wait', () => {
    const flows = loaded([flowOf(ASK)]);
    const [, stale, late] = play(flows, [textEvent('hi'), timer(7), timer(1)]);
    expect([stale?.outcome, said(stale), stale?.session.wait?.node]).toEqual(['stale', [], 'hold']);
    expect([late?.outcome, said(late), late?.session]).toEqual([
      'completed',
      ['Still there?'],
      { state: {}, epoch: 1 },
    ]);
    expect(late && sendsOf(late).map((effect) => effect.class)).toEqual(['notification']);
    const [, , after] = play(flows, [textEvent('hi'), textEvent('4'), timer(1)]);
    expect([after?.outcome, after?.effects]).toEqual(['stale', []]);
  });

  test('heeds no timer of an older wait while a newer one stands', () => {
    const [, again, stale, late] = play(loaded([flowOf(ASK)]), [
      textEvent('hi'),
      textEvent('many'),
      timer(1),
      timer(2),
    ]);
    expect(again?.session).toMatchObject({ epoch: 2, wait: { node: 'hold' } });
    expect([stale?.outcome, said(stale), stale?.session]).toEqual(['stale', [], again?.session]);
    expect([late?.outcome, said(late)]).toEqual(['completed', ['Still there?']]);
  });

  test('ends when the time is up and nothing says what then', () => {
    const flows = loaded([
      flowOf(
        '- {id: a, type: wait, config: {timeout: 60}, next: b}\n- {id: b, type: reply, config: {message: hi}}',
      ),
    ]);
    const [, over] = play(flows, [textEvent('hi'), timer(1)]);
    expect([over?.outcome, said(over), over?.session.wait]).toEqual(['completed', [], undefined]);
  });

  test('keeps its place and its time for a wrong answer without `on_invalid`', () => {
    const flows = loaded([
      flowOf(
        '- {id: a, type: wait, config: {expect: email, save: mail, timeout: 60}, next: b}\n- {id: b, type: reply, config: {message: "{{mail}}"}}',
      ),
    ]);
    const later = { ...textEvent('what?'), at: AT + 30 };
    const [first, wrong, right] = play(flows, [textEvent('hi'), later, textEvent('a@b.id')]);
    expect([first?.session.wait?.until, wrong?.session.wait?.until]).toEqual([AT + 60, AT + 60]);
    expect([wrong?.outcome, said(right)]).toEqual(['waiting', ['a@b.id']]);
  });

  test('comes before every trigger, but not before a reaction’s own', () => {
    const text = flowOf(
      '- {id: a, type: wait, next: b}\n- {id: b, type: reply, config: {message: "answer {{message}}"}}\n- {id: c, type: reply, config: {message: "menu"}}\n- {id: d, type: reply, config: {message: "thanks"}}',
    ).text;
    const flows = loaded([
      {
        path: 'x.ygtc',
        text: `${text}  - {type: keyword, words: [menu], target: c}\n  - {type: reaction, target: d}\n`,
      },
    ]);
    const [, reacted, answered] = play(flows, [
      textEvent('hi'),
      anEvent({ kind: 'reaction', reaction: { wamid: 'x', emoji: '👍' } }),
      textEvent('menu'),
    ]);
    expect([said(reacted), reacted?.session.wait?.node]).toEqual([['thanks'], 'a']);
    expect([said(answered), answered?.session.wait]).toEqual([['answer menu'], undefined]);
  });

  test('is over when the contact opts out', () => {
    const optOut = { matcher: () => 'out' as const, confirmation: 'Bye' };
    const [, out] = play(loaded([flowOf(ASK)]), [textEvent('hi')]).concat(
      play(loaded([flowOf(ASK)]), [textEvent('stop')], { optOut }),
    );
    expect([said(out), out?.session.wait]).toEqual([['Bye'], undefined]);
  });

  test('goes on in the version that it waits in, and starts anew when that is gone', () => {
    const old = loaded([flowOf(ASK)]);
    const [first] = play(old, [textEvent('hi')]);
    const flows = loaded([flowOf(ASK.replaceAll('it is', 'now'))]);
    const snapshot: Snapshot = { ...aSnapshot(), session: first?.session ?? { state: {}, epoch: 0 } };
    expect(turn(flows, snapshot, textEvent('4'), { pinned: old })).toMatchObject({
      effects: [{ message: { text: '4 it is, 4' } }],
    });
    expect(turn(flows, snapshot, textEvent('4'))).toMatchObject({
      outcome: 'waiting',
      effects: [{ message: { text: 'How many?' } }],
    });
    expect(turn(flows, snapshot, timer(1))).toMatchObject({
      outcome: 'stale',
      session: { state: {}, epoch: 1 },
    });
  });

  test('ends with its flow where the bundle says so', () => {
    const old = loaded([flowOf(ASK)]);
    const [first] = play(old, [textEvent('hi')]);
    const other = flowOf('- {id: a, type: reply, config: {message: other}}');
    const flows = loaded([{ ...other, text: other.text.replace('name: test', 'name: other') }]);
    const snapshot: Snapshot = { ...aSnapshot(), session: first?.session ?? { state: {}, epoch: 0 } };
    expect(turn(flows, snapshot, textEvent('4'), { pinned: old })).toMatchObject({
      effects: [{ message: { text: '4 it is, 4' } }],
    });
    const ended = turn(flows, snapshot, textEvent('4'), { pinned: old, endRemoved: true });
    expect(ended).toMatchObject({
      effects: [{ message: { text: 'other' } }],
      session: { state: {}, epoch: 1 },
    });
  });
});

describe('turn() of a conversation that people have', () => {
  const flows = loaded([
    flowOf(`
- {id: a, type: handoff, config: {queue: support, note: "{{message}}", release_after: 600}, next: b}
- {id: b, type: reply, config: {message: "back again", outside_window: skip}}`),
  ]);

  test('is silent until it is released, and tells subscribers', () => {
    const [first, silent, back, after] = play(flows, [
      textEvent('help'),
      textEvent('hello?'),
      systemEvent({ kind: 'release' }),
      systemEvent({ kind: 'release' }),
    ]);
    expect(first?.effects).toMatchObject([
      { kind: 'event', eventType: 'handoff.started', payload: { queue: 'support', note: 'help' } },
    ]);
    expect(first?.session.wait).toMatchObject({ for: 'release', until: AT + 600 });
    expect([silent?.outcome, silent?.effects]).toEqual(['silent', []]);
    expect(back?.effects).toMatchObject([
      { eventType: 'handoff.ended' },
      { message: { text: 'back again' } },
    ]);
    expect([after?.outcome, after?.session]).toEqual(['stale', { state: {}, epoch: 1 }]);
  });

  test('comes back by time', () => {
    const [, back] = play(flows, [textEvent('help'), timer(1, AT + 600)]);
    expect(back?.effects).toMatchObject([{ payload: { by: 'time' } }, { message: { text: 'back again' } }]);
  });
});

describe('turn() of a flow that another one calls', () => {
  const child = (nodes: string, input = '') => ({
    path: 'child.ygtc',
    text: `name: child\nversion: "1.0"\n${input}nodes:\n${nodes.trim().replace(/^/gm, '  ')}\ntriggers:\n  - {type: keyword, words: [child], target: c1}\n`,
  });
  const PARENT = `
- {id: p1, type: flow2flow, config: {target_flow: child, input: {who: "{{message}}"}}, output: got, next: p2, on_error: oops}
- {id: p2, type: reply, config: {message: "got {{got.city}}"}}
- {id: oops, type: reply, config: {message: "the child failed"}}`;

  test('passes input, waits inside, and comes back with the outputs', () => {
    const flows = loaded([
      flowOf(PARENT),
      child(
        `- {id: c1, type: reply, config: {message: "Where, {{who}}?"}, next: c2}
- {id: c2, type: wait, next: c3}
- {id: c3, type: template, config: {template: "{{message}} of {{input.who}}", output: city}}`,
        'input: [who]\n',
      ),
    ]);
    const [first, second] = play(flows, [textEvent('Sari'), textEvent('Bandung')]);
    expect([said(first), first?.session.wait?.callers.length]).toEqual([['Where, Sari?'], 1]);
    expect([said(second), second?.outcome]).toEqual([['got Bandung of Sari'], 'completed']);
  });

  test('takes over for good with `wait_for_completion: false`', () => {
    const flows = loaded(
      [
        flowOf(PARENT.replace('input: {', 'wait_for_completion: false, input: {')),
        child('- {id: c1, type: reply, config: {message: "end"}}'),
      ],
      { strict: false },
    );
    expect(said(play(flows, [textEvent('x')])[0])).toEqual(['end']);
  });

  test('hands its failures to the node that called it', () => {
    const flows = loaded([
      flowOf(PARENT),
      child('- {id: c1, type: error, config: {message: "no {{message}}"}}'),
    ]);
    const [result] = play(flows, [textEvent('6281234567')]);
    expect([said(result), result?.trace.map(({ node }) => node)]).toEqual([
      ['the child failed'],
      ['p1', 'c1', 'oops'],
    ]);
  });

  test('refuses a circle of flows that never waits, and takes one that does', () => {
    const back = '- {id: c2, type: flow2flow, config: {target_flow: test}}';
    const circle = [
      flowOf(PARENT),
      child(`- {id: c1, type: reply, config: {message: a}, next: c2}\n${back}`),
    ];
    expect(() => loaded(circle)).toThrow('E111');
    const waiting = [flowOf(PARENT), child(`- {id: c1, type: wait, next: c2}\n${back}`)];
    const results = play(
      loaded(waiting),
      Array.from({ length: 30 }, () => textEvent('x')),
    );
    expect(results.findIndex(({ failure }) => failure?.code === 'budget')).toBe(5);
  });

  test('lets a loop wait inside the flow that it calls', () => {
    const loop = `
- {id: p1, type: flow2flow, config: {target_flow: child}, next: p2}
- {id: p2, type: branch, config: {conditions: [{expression: "message == 'end'", next: p3}], default: p1}}
- {id: p3, type: reply, config: {message: bye}}`;
    const flows = loaded([flowOf(loop), child('- {id: c1, type: wait}')]);
    expect(
      play(
        flows,
        ['a', 'b', 'end'].map((text) => textEvent(text)),
      ).map(said),
    ).toEqual([[], [], ['bye']]);
  });
});

describe('turn() with effects beside messages', () => {
  const effects = (nodes: string, event = textEvent('hi')) =>
    play(loaded([flowOf(nodes)]), [event])[0]?.effects;

  test('changes tags, which the same run sees', () => {
    const nodes = `
- {id: a, type: tag, config: {add: [weekly, "{{button.id}}"], remove: vip}, next: b}
- {id: b, type: reply, config: {message: "{{contact.tags}}"}}`;
    expect(effects(nodes, tap('shoes'))).toMatchObject([
      { kind: 'tag', add: ['weekly', 'shoes'], remove: ['vip'] },
      { message: { text: '["weekly","shoes"]' } },
    ]);
  });

  test('fails a tag that comes to something else', () => {
    const nodes =
      '- {id: a, type: tag, config: {add: "{{message}}"}, on_error: b}\n- {id: b, type: reply, config: {message: no}}';
    expect(effects(nodes, textEvent('two words'))).toMatchObject([{ message: { text: 'no' } }]);
  });

  test('opts out, and lets one message through as the confirmation', () => {
    const nodes = `
- {id: a, type: reply, config: {message: one}, next: b}
- {id: b, type: opt_out, next: c}
- {id: c, type: reply, config: {message: "{{contact.opted_out}}"}, next: d}
- {id: d, type: reply, config: {message: three}}`;
    expect(
      effects(nodes)?.map((effect) =>
        effect.kind === 'message' ? [effect.message, effect.confirmsOptOut] : effect,
      ),
    ).toEqual([
      [{ kind: 'text', text: 'one' }, undefined],
      { kind: 'opt_out', change: 'out', scope: 'all' },
      [{ kind: 'text', text: 'true' }, true],
      [{ kind: 'text', text: 'three' }, undefined],
    ]);
    const before = '- {id: a, type: reply, config: {message: bye}, next: b}\n- {id: b, type: opt_out}';
    expect(effects(before)).toMatchObject([{ confirmsOptOut: true }, { change: 'out' }]);
    expect(effects(before.replace('opt_out', 'opt_out, config: {scope: marketing}'))?.[0]).not.toHaveProperty(
      'confirmsOptOut',
    );
  });

  test('emits events with ids of their own, and data that keeps its type', () => {
    const nodes = `
- {id: a, type: event, config: {event_type: order.paid, payload: {id: "{{1 + 1}}", text: "n {{1 + 1}}"}}, next: b}
- {id: b, type: event, config: {event_type: order.paid}}`;
    const [first, second] = effects(nodes) ?? [];
    expect(first).toMatchObject({ kind: 'event', eventType: 'order.paid', payload: { id: 2, text: 'n 2' } });
    expect(second?.kind === 'event' && first?.kind === 'event' && first.id !== second.id).toBe(true);
  });

  test('logs sizes in place of what a contact wrote', () => {
    const nodes =
      '- {id: a, type: log, config: {level: warn, message: "{{message}} {{state.secret}} {{button.id}} {{size(message)}} {{now}} {{contact.wa_id}}"}}';
    const [line] =
      play(
        loaded([flowOf(`${nodes}\n- {id: b, type: state, config: {action: set, key: secret, value: 1}}`)], {
          strict: false,
        }),
        [textEvent('my number is 0812')],
        {},
        { secret: 'hunter2' },
      )[0]?.effects ?? [];
    expect(line).toEqual({
      kind: 'log',
      level: 'warn',
      flow: 'test',
      node: 'a',
      message: `[text of 17] [text of 7]  17 ${AT} [text of 13]`,
    });
  });

  test('fails with a message that holds no personal data', () => {
    const [result] = play(loaded([flowOf('- {id: a, type: error, config: {message: "no {{message}}"}}')]), [
      textEvent('hunter2'),
    ]);
    expect(result?.failure).toMatchObject({
      code: 'error_node',
      message: 'Flow "test" stopped at node "a": no [text of 7]',
    });
  });
});
