import { describe, expect, test } from '@jest/globals';
import {
  InboundEvent,
  type HttpResult,
  type JsonObject,
  type Session,
  type Snapshot,
  type TurnDone,
} from '@alur/types';
import { checkFragment, loadFlows, turn, type FlowSource, type TurnOptions } from './index.ts';
import { anEvent, aSnapshot, AT, flowOf, loaded, sendsOf, tap, textEvent } from './testing/conversation.ts';

// What the language promises, sentence by sentence, where no test beside the code in question holds it already.

/** Events one after the other, each from where the one before came to; calls get the answers in their order. */
interface Play {
  events?: readonly InboundEvent[];
  state?: JsonObject;
  snapshot?: JsonObject;
  options?: TurnOptions;
  strict?: boolean;
  answers?: readonly HttpResult[];
}

function play(files: string | readonly FlowSource[], { strict = true, ...rest }: Play = {}): TurnDone[] {
  const flows = loaded(typeof files === 'string' ? [flowOf(files)] : files, { strict });
  const { events = [textEvent('hi')], state = {}, snapshot = {}, options = {}, answers = [] } = rest;
  let session: Session = aSnapshot(state).session;
  const left = [...answers];
  return events.map((event) => {
    const before: Snapshot = { ...aSnapshot({}, snapshot), session };
    const journal: Record<string, HttpResult> = {};
    for (;;) {
      const result = turn(flows, before, event, { ...options, journal });
      if (result.kind === 'done') {
        ({ session } = result);
        return result;
      }
      const answer = left.shift();
      if (!answer) throw new Error(`The turn needs an answer: ${result.request.node}`);
      journal[result.request.key] = answer;
    }
  });
}

const saidIn = (result: TurnDone) =>
  sendsOf(result).map(({ message }) => (message.kind === 'text' ? message.text : message.kind));
const said = (files: string | readonly FlowSource[], how?: Play) => play(files, how).flatMap(saidIn);
const notes = (files: string | readonly FlowSource[], how?: Play) =>
  play(files, how).flatMap(({ trace }) => trace.map(({ node, note }) => `${node}: ${note ?? ''}`));
const failure = (files: string, how?: Play) => play(files, how).at(-1)?.failure;
const codes = (files: string | readonly FlowSource[], strict = true) =>
  loadFlows(typeof files === 'string' ? [flowOf(files)] : files, { strict }).findings.map(({ code }) => code);

const words = (...all: string[]) => all.map((word) => textEvent(word));
const system = (fields: JsonObject) =>
  InboundEvent.parse({ ...anEvent({ kind: 'text', text: '' }), wamid: undefined, ...fields });
const apiEvent = (input: JsonObject) => system({ kind: 'event', eventType: 'order.paid', input });
const timer = (epoch: number, at: number) => system({ kind: 'timer', epoch, at });

const say = (id: string, text: string, more = '') =>
  `- {id: ${id}, type: reply, ${more} config: {message: "${text}"}}\n`;
/** Nodes in a row; `node` makes one of its id and its way on. */
const chain = (count: number, node: (id: string, next: string) => string) =>
  Array.from({ length: count }, (_, n) => node(`n${n}`, n < count - 1 ? `next: n${n + 1},` : '')).join('\n');
const file = (name: string, nodes: string, triggers: string, top = ''): FlowSource => ({
  path: `${name}.ygtc`,
  text: `name: ${name}\nversion: "1.0"\n${top}nodes:\n${nodes.trim().replace(/^/gm, '  ')}\ntriggers:\n${triggers.trim().replace(/^/gm, '  ')}\n`,
});
const child = (nodes: string, top = '') =>
  file('child', nodes, '- {type: keyword, words: [child], target: c1}', top);

type Row = [sentence: string, check: () => void];

const FILES_AND_NODES: Row[] = [
  [
    '`to` leads where `next` would',
    () => expect(said(say('a', '1', 'to: b,') + say('b', '2'))).toEqual(['1', '2']),
  ],
  [
    '`to` beside the same `next` is no fault',
    () => expect(codes(say('a', '1', 'to: b, next: b,') + say('b', '2'))).toEqual([]),
  ],
  [
    'a target may be a flow, or a node of another flow; a node of the same file comes first',
    () => {
      const other = file(
        'b',
        say('b1', 'b1') + say('b2', 'b2'),
        '- {type: keyword, words: [x], target: b1}\n- {type: keyword, words: [y], target: b2}',
      );
      expect(said([flowOf(say('a', 'a', 'next: b,')), other])).toEqual(['a', 'b1']);
      expect(said([flowOf(say('a', 'a', 'next: b/b2,')), other])).toEqual(['a', 'b2']);
      expect(said([flowOf(say('a', 'a', 'next: b,') + say('b', 'own')), other])).toEqual(['a', 'own']);
    },
  ],
  [
    'a call names a flow, whatever the nodes are called',
    () => {
      const call = '- {id: a, type: flow2flow, config: {target_flow: child}, next: child}\n';
      expect(said([flowOf(call + say('child', 'own')), child(say('c1', 'other'))])).toEqual(['other', 'own']);
    },
  ],
  [
    '`next` of a node that never takes it is a warning',
    () => {
      expect(codes('- {id: a, type: error, config: {message: x}, next: b}\n' + say('b', 'x'))).toEqual([
        'W113',
        'W111',
      ]);
      expect(codes('- {id: a, type: error, config: {message: x}, on_error: b}\n' + say('b', 'x'))).toEqual(
        [],
      );
    },
  ],
  [
    '`timeout` at a node that waits is a warning: there it is of web services',
    () => expect(codes('- {id: a, type: wait, timeout: 5000}')).toEqual(['W113']),
  ],
  [
    'the timeout of a call: its own, the node’s, the file’s, 5 s',
    () => {
      const timeoutOf = (config: string, node: string, top: string) => {
        const flow = flowOf(
          `- {id: a, type: http, ${node} config: {url: "https://a.example/" ${config}}}`,
          top,
        );
        const result = turn(loaded([flow]), aSnapshot(), textEvent('hi'));
        return result.kind === 'needs' && result.request.timeoutMs;
      };
      const top = 'config: {timeout: 3000}\n';
      expect(timeoutOf(', timeout: 1000', 'timeout: 2000,', top)).toBe(1000);
      expect(timeoutOf('', 'timeout: 2000,', top)).toBe(2000);
      expect(timeoutOf('', '', top)).toBe(3000);
      expect(timeoutOf('', '', '')).toBe(5000);
    },
  ],
  [
    'a node that takes over for a failed one may fail in its turn',
    () => {
      const nodes =
        '- {id: a, type: error, config: {message: x}, on_error: b}\n- {id: b, type: error, config: {message: y}, on_error: c}\n';
      expect(said(nodes + say('c', 'third'))).toEqual(['third']);
      expect(notes(nodes + say('c', 'third'))).toEqual([
        'a: failed: error_node',
        'b: failed: error_node',
        'c: ',
      ]);
    },
  ],
  [
    'a failure without a handler in a flow that is called is its caller’s, over two calls',
    () => {
      const nodes = `- {id: a, type: flow2flow, config: {target_flow: child}, on_error: b}\n${say('b', 'caught {{prev}}.')}`;
      const middle = child('- {id: c1, type: flow2flow, config: {target_flow: deep}}');
      const deep = file(
        'deep',
        '- {id: d1, type: error, config: {message: x}}',
        '- {type: keyword, words: [d], target: d1}',
      );
      expect(said([flowOf(nodes), middle, deep])).toEqual(['caught .']);
    },
  ],
  [
    'a budget that is used up is nobody’s to take care of',
    () => {
      const nodes = chain(
        201,
        (id, next) => `- {id: ${id}, type: template, ${next} on_error: last, config: {template: x}}`,
      );
      expect(failure(`${nodes}\n${say('last', 'x')}`)?.code).toBe('budget');
    },
  ],
  [
    'fragments load for the validator, not for a bundle',
    () => {
      const source = { path: 'a.ygtc', text: say('a', '{{order_id}}', 'next: elsewhere,') };
      expect(checkFragment(source).map(({ code }) => code)).toEqual(['W201']);
      expect(loadFlows([source]).flows).toBeUndefined();
    },
  ],
  [
    'a target that is missing in a bundle that is not strict fails the run, whatever its `on_error`',
    () => {
      const nodes = say('a', 'one', 'next: gone, on_error: b,') + say('b', 'two');
      expect(codes(nodes)).toEqual(['E110']);
      expect(codes(nodes, false)).toEqual(['W110']);
      const [result] = play(nodes, { strict: false, options: { fallbackMessage: 'sorry' } });
      expect(result).toMatchObject({ outcome: 'failed', failure: { code: 'missing_target', node: 'a' } });
      expect(result && saidIn(result)).toEqual(['one', 'sorry']);
    },
  ],
];

const REPLIES: Row[] = [
  [
    'a quote of nothing is none: in a run that no message began',
    () => {
      const nodes =
        '- {id: a, type: reply, config: {message: x, reply_to: "{{message.id}}", outside_window: skip}}';
      const flow = file('a', nodes, '- {type: event, event_type: order.paid, target: a}');
      const [result] = play([flow], { events: [apiEvent({})] });
      expect(result && sendsOf(result)[0]).not.toHaveProperty('replyTo');
    },
  ],
  [
    'a reaction to nothing fails its node: in a run that no message began',
    () => {
      const nodes =
        '- {id: a, type: reply, config: {reaction: {emoji: "👍"}, outside_window: skip}, on_error: b}\n- {id: b, type: log, config: {message: x}}';
      const flow = file('a', nodes, '- {type: event, event_type: order.paid, target: a}');
      expect(notes([flow], { events: [apiEvent({})] })).toEqual(['a: failed: invalid_message', 'b: ']);
    },
  ],
  [
    'the language of a template may be a text or `{code}`',
    () => {
      for (const language of ['en', '{code: en}']) {
        const [result] = play(`- {id: a, type: reply, config: {template: {name: x, language: ${language}}}}`);
        expect(result && sendsOf(result)[0]?.message).toMatchObject({
          template: { language: { code: 'en' } },
        });
      }
    },
  ],
  [
    'four buttons become a list, up to three stay buttons; an id that is left out is the title',
    () => {
      const typesOf = (count: number) => {
        const buttons = Array.from({ length: count }, (_, n) => `{title: T${n}}`).join(', ');
        const [result] = play(`- {id: a, type: reply, config: {message: x, buttons: [${buttons}]}}`);
        return JSON.stringify(result?.effects);
      };
      expect(typesOf(3)).toContain('"id":"T2","title":"T2"');
      expect(typesOf(3)).toContain('"type":"button"');
      expect(typesOf(4)).toContain('"type":"list"');
      expect(codes('- {id: a, type: reply, config: {message: x, buttons: []}}')).toEqual(['E104']);
    },
  ],
  [
    'a text of 4096 stays one message, one more becomes two, cut at a word, and each counts',
    () => {
      const text = `${'x'.repeat(4000)} ${'y'.repeat(95)}`;
      expect(said(say('a', '{{state.t}}'), { state: { t: text } })).toEqual([text]);
      expect(said(say('a', '{{state.t}}'), { state: { t: `${text}y` } })).toEqual([
        'x'.repeat(4000),
        'y'.repeat(96),
      ]);
      const many = { t: 'x'.repeat(60_000) };
      const nodes = chain(
        4,
        (id, next) => `- {id: ${id}, type: reply, ${next} config: {message: "{{state.t}}"}}`,
      );
      expect(failure(nodes, { state: many })).toMatchObject({ code: 'budget', node: 'n3' });
    },
  ],
  [
    '`retry_on_429` means `retry_on_rate_limit`; `retry_policy` is the file’s',
    () => {
      const [result] = play([
        flowOf(
          '- {id: a, type: reply, config: {message: x, retry_on_429: true}}',
          'config: {retry_policy: {max_retries: 2}}\n',
        ),
      ]);
      expect(result?.effects[0]).toMatchObject({ retryOnRateLimit: true, maxRetries: 2 });
    },
  ],
];

const NAMES: Row[] = [
  [
    'a bare name reads state, then input, then the file’s variables, then outputs',
    () => {
      const flow = (top: string) =>
        file(
          'a',
          `- {id: a, type: template, config: {template: out}, output: x, next: b}\n- {id: b, type: reply, config: {message: "{{x}}", outside_window: skip}, next: c}\n- {id: c, type: state, config: {action: delete, key: x}}\n- {id: d, type: state, config: {action: set, key: x, value: 1}}`,
          '- {type: event, event_type: order.paid, target: a}\n- {type: message, target: d}',
          top,
        );
      const all = 'input: [x]\nvariables: {x: variable}\n';
      const events = [apiEvent({ x: 'input' })];
      expect(said([flow(all)], { events, state: { x: 'state' } })).toEqual(['state']);
      expect(said([flow(all)], { events })).toEqual(['input']);
      expect(said([flow(all)], { events: [apiEvent({})] })).toEqual(['variable']);
      expect(said([flow('')], { events: [apiEvent({})] })).toEqual(['out']);
    },
  ],
  [
    'input of an event is read by its declared names, and lasts for the run over a wait',
    () => {
      const flow = file(
        'a',
        '- {id: a, type: wait, next: b}\n- {id: b, type: reply, config: {message: "{{input.order_id}} {{order_id}} {{event.type}}"}}',
        '- {type: event, event_type: order.paid, target: a}',
        'input: [order_id]\n',
      );
      expect(said([flow], { events: [apiEvent({ order_id: 'A-1', other: 2 }), textEvent('hi')] })).toEqual([
        'A-1 A-1 ',
      ]);
    },
  ],
  [
    '`prev` is the result of the node before, and nothing after one that has none or failed',
    () => {
      const nodes = `- {id: a, type: template, config: {template: t}, next: b}
${say('b', '[{{prev}}]', 'next: c,')}${say('c', '[{{prev}}]', 'next: d,')}- {id: d, type: template, config: {template: u}, next: e}
- {id: e, type: error, config: {message: x}, on_error: f}
${say('f', '[{{prev}}]')}`;
      expect(said(nodes)).toEqual(['[t]', '[]', '[]']);
    },
  ],
  [
    '`list` reads what `button` does; a template’s quick reply has its payload as id',
    () => {
      const nodes = say('a', '{{list.id}} {{list.title}} {{button.id}} {{message}}');
      const quick = anEvent({ kind: 'interactive', source: 'template', id: 'pay', title: 'Pay' });
      expect(said(nodes, { events: [quick] })).toEqual(['pay Pay pay Pay']);
    },
  ],
  [
    'a known name without a value is nothing in a text, noted in the trace of any node, and null in an expression',
    () => {
      const nodes = `- {id: a, type: template, config: {template: "x {{order_id}} {{default(order_id, 'y')}}"}, next: b}
- {id: b, type: reply, config: {message: "{{prev}}."}, next: c}
- {id: c, type: branch, config: {conditions: [{expression: "order_id == null", next: d}]}}
- {id: d, type: state, config: {action: set, key: order_id, value: 1}}`;
      expect(said(nodes)).toEqual(['x  y.']);
      expect(notes(nodes)).toEqual(['a: no value: order_id', 'b: ', 'c: condition 1', 'd: ']);
    },
  ],
  [
    'a default in the template is no missing value',
    () => expect(notes(say('a', "Hi {{default(contact.language, 'you')}}"))).toEqual(['a: ']),
  ],
  [
    'an unknown name is an error in an expression and a warning in a text',
    () => {
      expect(codes(say('a', '{{ordr}}'))).toEqual(['W201']);
      expect(
        codes(
          `- {id: a, type: branch, config: {conditions: [{expression: "ordr == 1", next: b}], default: b}}\n${say('b', 'x')}`,
        ),
      ).toEqual(['E202']);
    },
  ],
  [
    'results under a name of the engine are a warning',
    () => {
      expect(codes('- {id: a, type: wait, config: {save: now}}')).toEqual(['W121']);
      expect(codes('- {id: a, type: template, config: {template: x}, output: prev}')).toEqual(['W121']);
    },
  ],
  [
    'the engine’s own names come before all others; a variable of the same name is read by its scope',
    () => {
      const flow = flowOf(say('a', '{{number}} {{flow.number}}'), 'variables: {number: 7}\n');
      expect(said([flow])).toEqual(['106540352242922 7']);
    },
  ],
  [
    '`__proto__` is no name to keep anything under',
    () => {
      const set = (key: string) => `- {id: a, type: state, config: {action: set, key: "${key}", value: 1}}`;
      expect(codes(set('__proto__'))).toEqual(['E104']);
      expect(codes('- {id: a, type: wait, config: {save: __proto__}}')).toEqual(['E104']);
      expect(codes('- {id: a, type: template, config: {template: x}, output: __proto__}')).toEqual(['E104']);
      const [result] = play(set('{{message}}'), { events: words('__proto__') });
      expect(result).toMatchObject({ outcome: 'failed', session: { state: {} } });
      const [fine] = play(set('{{message}}'), { events: words('constructor') });
      expect(fine?.session.state).toEqual({ constructor: 1 });
    },
  ],
  [
    'what is alone in its braces keeps its type in state, input, payloads and bodies, under any key; in a message it is text',
    () => {
      const [result] =
        play(`- {id: a, type: state, config: {action: set, key: k, value: {id: "{{now}}", all: ["{{contact.tags}}"], text: "n {{now}}"}}, next: b}
- {id: b, type: event, config: {event_type: x, payload: {id: "{{k.id}}"}}, next: c}
- {id: c, type: reply, config: {contacts: [{name: {formatted_name: "{{now}}", first_name: x}}]}}`);
      expect(result?.session.state).toEqual({ k: { id: AT, all: [['vip']], text: `n ${AT}` } });
      expect(result?.effects).toMatchObject([
        { payload: { id: AT } },
        { message: { contacts: [{ name: { formatted_name: String(AT) } }] } },
      ]);
    },
  ],
  [
    'a flow that is called sees its own input and outputs only',
    () => {
      const nodes = `- {id: a, type: template, config: {template: mine}, output: x, next: b}
- {id: b, type: flow2flow, config: {target_flow: child, input: {y: "{{x}}"}}, output: got, next: c}
${say('c', '{{x}} {{got.z}} {{prev.z}}')}`;
      const other = child(
        `${say('c1', '[{{x}}] {{y}}', 'next: c2,')}- {id: c2, type: template, config: {template: theirs}, output: z}`,
        'input: [y]\n',
      );
      expect(said([flowOf(nodes), other])).toEqual(['[] mine', 'mine theirs theirs']);
    },
  ],
];

const RUNNING: Row[] = [
  [
    'after as many wrong answers as it may, a wait that is come back to has all attempts again',
    () => {
      const nodes = `- {id: a, type: wait, config: {expect: number, max_attempts: 2}, next: ok, on_error: b}
${say('b', 'once more', 'next: a,')}${say('ok', 'ok')}`;
      expect(said(nodes, { events: words('hi', 'x', 'y', 'z', '4') })).toEqual(['once more', 'ok']);
    },
  ],
  [
    'a flow that is called anew counts wrong answers anew',
    () => {
      const nodes = `- {id: a, type: flow2flow, config: {target_flow: child}, next: b, on_error: oops}
- {id: b, type: flow2flow, config: {target_flow: child}, next: done, on_error: oops}
${say('done', 'done')}${say('oops', 'oops')}`;
      const other = child(
        '- {id: c1, type: wait, config: {expect: number, max_attempts: 2, on_invalid: c2}}\n- {id: c2, type: log, config: {message: x}}',
      );
      expect(said([flowOf(nodes), other], { events: words('hi', 'x', 'y') })).toEqual(['done']);
    },
  ],
  [
    'a loop may wait inside a flow that it calls more often than a turn has visits',
    () => {
      const nodes =
        '- {id: a, type: flow2flow, config: {target_flow: child}, next: b}\n- {id: b, type: log, config: {message: x}, next: a}';
      const other = child(`${say('c1', 'more', 'next: c2,')}- {id: c2, type: wait}`);
      const results = play([flowOf(nodes), other], {
        events: words(...Array.from({ length: 70 }, () => 'x')),
      });
      expect(new Set(results.map(({ outcome }) => outcome))).toEqual(new Set(['waiting']));
    },
  ],
  [
    'a handoff goes on by its own time, and a timer of before does nothing',
    () => {
      const nodes = `- {id: a, type: wait, config: {timeout: 60, on_timeout: b}, next: b}
- {id: b, type: handoff, config: {release_after: 600}, next: c}
${say('c', 'back')}`;
      const events = [
        textEvent('hi'),
        textEvent('go'),
        timer(1, AT + 60),
        textEvent('x'),
        timer(2, AT + 600),
      ];
      expect(play(nodes, { events }).map(({ outcome }) => outcome)).toEqual([
        'waiting',
        'waiting',
        'stale',
        'silent',
        'completed',
      ]);
    },
  ],
  [
    'opting in whoever is not out changes nothing that the run sees',
    () => {
      const nodes = `- {id: a, type: opt_in, next: b}\n${say('b', '{{contact.opted_out}}')}`;
      expect(said(nodes)).toEqual(['false']);
    },
  ],
  [
    'a contact has at most fifty tags; one more fails the node, one less does not',
    () => {
      const nodes = `- {id: a, type: tag, config: {add: "{{message}}", remove: t1}, on_error: b}\n${say('b', 'no')}`;
      const tags = Array.from({ length: 52 }, (_, n) => `t${n}`);
      const contact = (count: number) => ({ contact: { tags: tags.slice(0, count), optedOut: false } });
      expect(said(nodes, { snapshot: contact(51) })).toEqual([]);
      expect(said(nodes.replace(', remove: t1', ''), { snapshot: contact(50) })).toEqual(['no']);
      expect(said(nodes.replace(', remove: t1', ''), { snapshot: contact(50), events: words('t3') })).toEqual(
        [],
      );
    },
  ],
  [
    'a tag that YAML reads as a number needs quotes; a computed number is a tag',
    () => {
      expect(codes('- {id: a, type: tag, config: {add: [2024]}}')).toEqual(['E104']);
      const [result] = play('- {id: a, type: tag, config: {add: "{{1 + 1}}"}}');
      expect(result?.effects).toMatchObject([{ add: ['2'] }]);
    },
  ],
  [
    'an event has at most 64 KiB, also one of a handoff; more fails the node',
    () => {
      const state = { big: 'é'.repeat(32_760) };
      const event = (payload: string) =>
        `- {id: a, type: event, config: {event_type: x, payload: ${payload}}, on_error: b}\n${say('b', 'no')}`;
      expect(said(event('"{{state.big}}"'), { state })).toEqual([]);
      expect(said(event('["{{state.big}}", "0123456789abcdef"]'), { state })).toEqual(['no']);
      const handoff = `- {id: a, type: handoff, config: {queue: "{{state.big}}", note: "{{state.big}}"}, on_error: b}\n${say('b', 'no')}`;
      expect(said(handoff, { state })).toEqual(['no']);
    },
  ],
  [
    'a log line has at most 2,000 characters',
    () => {
      const flow = flowOf(
        '- {id: a, type: log, config: {message: "{{flow.v}}"}}',
        `variables: {v: ${'x'.repeat(5000)}}\n`,
      );
      const [result] = play([flow]);
      expect(result?.effects).toMatchObject([{ message: `${'x'.repeat(1999)}…` }]);
    },
  ],
  [
    'the session’s 256 KiB are bytes, and count what is kept only',
    () => {
      const set = (id: string, next = '') =>
        `- {id: ${id}, type: state, config: {action: set, key: ${id}, value: "{{state.big}}"}${next}}\n`;
      const nodes = `${set('a', ', next: b')}${set('b', ', next: c')}${set('c')}`;
      expect(failure(nodes, { state: { big: 'x'.repeat(60_000) } })).toBeUndefined();
      expect(failure(nodes, { state: { big: 'é'.repeat(60_000) } })).toMatchObject({
        code: 'budget',
        node: 'b',
      });
      const again = `${set('a', ', next: b')}${set('b', ', next: d')}${set('d', ', next: e')}- {id: e, type: state, config: {action: set, key: a, value: "{{state.big}}"}}`;
      expect(failure(again, { state: { big: 'x'.repeat(60_000) } })).toBeUndefined();
    },
  ],
  [
    'an answer of a web service counts as soon as it is kept',
    () => {
      const answer = { kind: 'answer', status: 200, headers: {}, body: 'x'.repeat(250_000), ms: 1 } as const;
      const node = (output: string) => `- {id: a, type: http, config: {url: "https://a.example/"}${output}}`;
      const state = { big: 'x'.repeat(20_000) };
      expect(failure(node(''), { state, answers: [answer] })).toBeUndefined();
      expect(failure(node(', output: got'), { state, answers: [answer] })).toMatchObject({ code: 'budget' });
    },
  ],
  [
    'a run that waits is bounded together with its callers',
    () => {
      const nodes = `- {id: a, type: flow2flow, config: {target_flow: child, input: {v: "{{state.big}}", w: "{{state.big}}", x: "{{state.big}}", y: "{{state.big}}"}}}`;
      const other = child('- {id: c1, type: wait}', 'input: [v, w, x, y]\n');
      expect(play([flowOf(nodes), other], { state: { big: 'x'.repeat(50_000) } })[0]?.outcome).toBe(
        'waiting',
      );
      expect(play([flowOf(nodes), other], { state: { big: 'x'.repeat(60_000) } })[0]?.failure?.code).toBe(
        'budget',
      );
    },
  ],
  [
    'the message budget counts messages, whatever else a run does',
    () => {
      const logs = Array.from(
        { length: 60 },
        (_, n) => `- {id: l${n}, type: log, config: {message: x}, next: ${n < 59 ? `l${n + 1}` : 'm0'}}`,
      );
      const messages = Array.from({ length: 50 }, (_, n) =>
        say(`m${n}`, 'x', n < 49 ? `next: m${n + 1},` : ''),
      );
      const [result] = play([...logs, ...messages.map((each) => each.trim())].join('\n'));
      expect(result).toMatchObject({ outcome: 'completed' });
      expect(result && sendsOf(result)).toHaveLength(50);
    },
  ],
  [
    'while a run waits, an event of another system starts its own beside it',
    () => {
      const flow = file(
        'a',
        `- {id: a, type: wait, next: b}\n${say('b', 'answered')}- {id: p, type: reply, config: {message: paid, outside_window: skip}}`,
        '- {type: message, target: a}\n- {type: event, event_type: order.paid, target: p}',
      );
      const events = [textEvent('hi'), apiEvent({}), textEvent('yes')];
      expect(said([flow], { events })).toEqual(['paid', 'answered']);
    },
  ],
];

const TRIGGERS: Row[] = [
  [
    'a tap that no `interactive` trigger takes is its title: for a keyword, before a pattern, before any message',
    () => {
      const flow = (triggers: string) =>
        file('a', say('k', 'keyword') + say('p', 'pattern') + say('m', 'message'), triggers);
      const [k, p, m] = [
        '- {type: keyword, words: [menu], target: k}',
        '- {type: message, pattern: "me", target: p}',
        '- {type: message, target: m}',
      ];
      const events = [tap('x', ' MENU ')];
      expect(said([flow([m, p, k].join('\n'))], { events })).toEqual(['keyword']);
      expect(said([flow([m, p].join('\n'))], { events })).toEqual(['pattern']);
      expect(said([flow(m ?? '')], { events })).toEqual(['message']);
    },
  ],
  [
    'reactions, edits and revocations start nothing by `default` or `message`',
    () => {
      const flow = file('a', say('a', 'x'), '- {type: default, target: a}\n- {type: message, target: a}');
      const events = [
        anEvent({ kind: 'reaction', reaction: { wamid: 'x', emoji: '👍' } }),
        anEvent({ kind: 'edit', edit: { wamid: 'x', text: 'hi' } }),
        anEvent({ kind: 'revoke', revoke: { wamid: 'x' } }),
      ];
      expect(play([flow], { events }).map(({ outcome }) => outcome)).toEqual(Array(3).fill('unmatched'));
    },
  ],
  [
    'within a class: files by path, then the order in the file',
    () => {
      const flow = (name: string) =>
        file(
          name,
          say('one', `${name} one`) + say('two', `${name} two`),
          '- {type: message, target: two}\n- {type: message, target: one}',
        );
      expect(said([flow('b'), flow('a')])).toEqual(['a two']);
    },
  ],
  [
    'a waiting session comes before every trigger, and takes a tap without its being asked for',
    () => {
      const nodes = `- {id: a, type: wait, config: {save: got}, next: b}\n${say('b', 'got {{got}} by {{button.id}}')}${say('t', 'tapped')}`;
      const flow = file('a', nodes, '- {type: message, target: a}\n- {type: interactive, target: t}');
      expect(said([flow], { events: [textEvent('hi'), tap('x', 'Yes')] })).toEqual(['got Yes by x']);
    },
  ],
];

/** Codes of what a flow of these nodes is warned of, or refused for. */
const WAYS: Row[] = [
  [
    'a handoff that may fail before it waits does not break a circle',
    () => {
      const circle = (note: string) =>
        `- {id: a, type: handoff, config: {note: "${note}"}, on_error: b}\n${say('b', 'x', 'next: a,')}`;
      expect(codes(circle('{{message}}'))).toEqual(['E111']);
      expect(codes(circle('fixed'))).toEqual([]);
      expect(
        codes(circle('{{message}}').replace('handoff', 'wait').replace('note: "{{message}}"', '')),
      ).toEqual([]);
    },
  ],
  [
    'a node that always fails, or goes another way, leads to no `next`',
    () => {
      const nodes = `- {id: a, type: error, config: {message: x}, next: b}\n${say('b', 'x', 'next: a,')}`;
      expect(codes(nodes)).toEqual(['W113', 'W111']);
      const branch = `- {id: a, type: branch, config: {conditions: [{expression: "message == 'x'", next: c}], default: c}, next: b}\n${say('b', 'x', 'next: a,')}${say('c', 'x')}`;
      expect(codes(branch)).toEqual(['W113', 'W111']);
    },
  ],
  [
    'to call again after a failure is no circle where the flow asks before it can fail',
    () => {
      const again = `- {id: a, type: flow2flow, config: {target_flow: child}, on_error: b}\n${say('b', 'sorry', 'next: a,')}`;
      const asks = `${say('c1', 'How many?', 'next: c2,')}- {id: c2, type: wait, config: {expect: number, max_attempts: 3}}`;
      expect(codes([flowOf(again), child(asks)])).toEqual([]);
      expect(codes([flowOf(again), child(asks.replace('How many?', '{{message}}'))])).toEqual(['E111']);
      expect(codes([flowOf(again), child('- {id: c1, type: error, config: {message: x}}')])).toEqual([
        'E111',
      ]);
    },
  ],
  [
    'a flow that always fails without waiting does not end, so nothing leads on after it',
    () => {
      const loop = `- {id: a, type: flow2flow, config: {target_flow: child}, next: a}`;
      expect(codes([flowOf(loop), child('- {id: c1, type: error, config: {message: x}}')])).toEqual([]);
      expect(codes([flowOf(loop), child(say('c1', 'x'))])).toEqual(['E111']);
    },
  ],
  [
    'waits add up to a day: two of thirteen hours, or a short one in a circle',
    () => {
      const two = (seconds: number) => `- {id: a, type: wait, config: {timeout: ${seconds}, on_timeout: b}}
- {id: b, type: wait, config: {timeout: ${seconds}, on_timeout: c}, next: d}
${say('c', 'still there?')}${say('d', 'thanks')}`;
      expect(codes(two(46_800))).toEqual(['W114']);
      expect(codes(two(36_000))).toEqual([]);
      const circle = `- {id: a, type: wait, config: {timeout: 60, on_timeout: b}}\n${say('b', 'still there?', 'next: a,')}`;
      expect(codes(circle)).toEqual(['W114']);
    },
  ],
  [
    'an answer opens the window, also inside a flow that is called',
    () => {
      const ask = (nodes: string) => [
        file(
          'a',
          `- {id: a, type: flow2flow, config: {target_flow: child}, next: b}\n${say('b', 'thanks')}`,
          '- {type: event, event_type: order.paid, target: a}',
        ),
        child(nodes),
      ];
      const hello = '- {id: c1, type: reply, config: {template: {name: x, language: en}}, next: c2}\n';
      expect(codes(ask(`${hello}- {id: c2, type: wait}`))).toEqual([]);
      expect(codes(ask(`${hello}- {id: c2, type: log, config: {message: x}}`))).toEqual(['W114']);
      const late = `${hello}- {id: c2, type: wait, config: {timeout: 600, on_timeout: c3}}\n- {id: c3, type: log, config: {message: x}}`;
      expect(codes(ask(late))).toEqual(['W114']);
    },
  ],
  [
    'a flow that is called by a message and by the clock is late for the clock’s caller only',
    () => {
      const caller = (name: string, trigger: string, outside = '') =>
        file(
          name,
          `- {id: a, type: flow2flow, config: {target_flow: child}, next: b}\n- {id: b, type: reply, config: {message: x ${outside}}}`,
          `- {${trigger}, target: a}`,
        );
      const files = [
        caller('asked', 'type: message'),
        caller('clock', 'type: event, event_type: x', ', outside_window: skip'),
        child('- {id: c1, type: log, config: {message: x}}'),
      ];
      expect(codes(files)).toEqual([]);
    },
  ],
  [
    'people give a conversation back at any time, or after as long as `release_after` says at most',
    () => {
      const back = (config: string) =>
        `- {id: a, type: handoff, config: {${config}}, next: b}\n${say('b', 'back')}`;
      expect(codes(back(''))).toEqual(['W114']);
      expect(codes(back('release_after: 86400'))).toEqual(['W114']);
      expect(codes(back('release_after: 3600'))).toEqual([]);
    },
  ],
  [
    'a wait that times out in a flow that is called makes its caller late',
    () => {
      const nodes = `- {id: a, type: flow2flow, config: {target_flow: child}, next: b}\n${say('b', 'x')}`;
      const waits = (seconds: number) =>
        child(
          `- {id: c1, type: wait, config: {timeout: ${seconds}, on_timeout: c2}}\n- {id: c2, type: log, config: {message: x}}`,
        );
      expect(codes([flowOf(nodes), waits(90_000)])).toEqual(['W114']);
      expect(codes([flowOf(nodes), waits(80_000)])).toEqual([]);
    },
  ],
  [
    'only a condition that reads the window asks for it',
    () => {
      const branch = (expression: string) =>
        codes([
          file(
            'a',
            `- {id: a, type: branch, config: {conditions: [{expression: "${expression}", next: b}], default: c}}\n${say('b', 'x')}- {id: c, type: log, config: {message: x}}\n- {id: d, type: state, config: {action: set, key: window_seat, value: 1}, next: a}`,
            '- {type: event, event_type: order.paid, target: d}',
          ),
        ]);
      expect(branch('window.open')).toEqual([]);
      expect(branch('now - last_message_time < 86400')).toEqual([]);
      expect(branch("event.type == 'window.open'")).toEqual(['W114']);
      expect(branch('state.window_seat == 1')).toEqual(['W114']);
    },
  ],
];

describe('the language', () => {
  test.each([...FILES_AND_NODES, ...REPLIES, ...NAMES, ...RUNNING, ...TRIGGERS, ...WAYS])(
    '%s',
    (_, check) => {
      check();
    },
  );
});
