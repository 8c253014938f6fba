import fc from 'fast-check';
import { InboundEvent, JsonObject, type HttpResult, type Json } from '@alur/types';
import { type FlowSource } from '../index.ts';
import { anEvent, AT } from './conversation.ts';

// Sets of flows of every node type, with targets and texts drawn at random: most load, and do something odd.

const NODES_MAX = 8;
const ids = Array.from({ length: NODES_MAX }, (_, index) => `n${index}`);
const FLOWS = ['one', 'two', 'three'];

const target = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...ids) },
  fc.constantFrom(...FLOWS, 'one/n1', 'two/n0'),
);
const expression = fc.constantFrom(
  ...[
    'message',
    'message.text',
    'state.a',
    'a',
    'b',
    'prev',
    'button.id',
    'now',
    'contact.name',
    'contact.tags',
    'input.who',
  ],
  ...[
    'size(message)',
    'a + 1',
    "message == 'x'",
    'window.open',
    'limits.remaining > 3',
    'upper(message)',
    'truncate(message, 3)',
  ],
  ...[
    'contact.tags.exists(t, t == message)',
    'a / 0',
    'a[0]',
    "default(a, 'x')",
    're(message, "(a+)+$")',
    'prev.body',
    'last_message_time + 86400 > now',
  ],
);
const text = fc
  .array(
    fc.oneof(
      fc.constantFrom('Hi ', 'x', ' ', '{ }', 'é', '👍'),
      expression.map((each) => `{{${each}}}`),
    ),
    {
      minLength: 1,
      maxLength: 4,
    },
  )
  .map((parts) => parts.join(''));

const configs: Record<string, fc.Arbitrary<JsonObject>> = {
  reply: fc.oneof<fc.Arbitrary<JsonObject>[]>(
    text.map((message) => ({ message })),
    fc
      .tuple(text, text)

      .map(([message, title]): JsonObject => ({ message, buttons: [{ id: 'yes', title }, { title: 'No' }] })),
    text.map((emoji) => ({ reaction: { emoji } })),
    text.map((name) => ({ location: { latitude: '{{a}}', longitude: 1, name } })),
    text.map((message) => ({ message, outside_window: 'skip', reply_to: '{{message.id}}' })),
  ),
  branch: fc
    .tuple(fc.array(fc.record({ expression, next: target }), { minLength: 1, maxLength: 3 }), target)
    .map(([conditions, other]) => ({ conditions, default: other })),
  wait: fc.record(
    {
      save: fc.constantFrom('a', 'b'),
      expect: fc.constantFrom('text', 'number', 'email', 'button', 'date', 'media'),
      timeout: fc.constantFrom(1, 60, 90_000),
      on_timeout: target,
      on_invalid: target,
      max_attempts: fc.constantFrom(1, 3),
    },
    { requiredKeys: [] },
  ),
  state: fc.oneof(
    text.map((value) => ({ action: 'set', key: 'a', value })),
    fc.constant({ action: 'get', key: 'a', output: 'b' }),
    fc.constant({ action: 'delete', key: 'b' }),
  ),
  template: text.map((template) => ({ template, output: 'b' })),
  http: text.map((who) => ({
    url: `https://shop.example.com/{{a}}`,
    body: { who },
    headers: { 'X-Who': '{{message}}' },
    method: 'POST',
  })),
  flow2flow: fc
    .tuple(fc.constantFrom(...FLOWS), fc.boolean(), text)
    .map(([target_flow, wait_for_completion, who]) => ({ target_flow, wait_for_completion, input: { who } })),
  event: text.map((what) => ({ event_type: 'thing.happened', payload: { what } })),
  log: text.map((message) => ({ message })),
  error: text.map((message) => ({ message })),
  handoff: text.map((note) => ({ note, release_after: 60 })),
  opt_out: fc.constantFrom<JsonObject[]>({}, { scope: 'marketing' }),
  opt_in: fc.constant({}),
  tag: fc.constantFrom<JsonObject[]>({ add: ['vip'] }, { add: '{{message}}' }, { remove: 'vip' }),
};

// Most nodes of a real flow say something.
const types = [...Object.keys(configs), ...['reply', 'reply', 'reply', 'reply', 'branch', 'wait', 'wait']];

const node = fc.constantFrom(...types).chain((type) =>
  fc.record({
    type: fc.constant(type),
    config: configs[type] ?? fc.constant({}),
    next: fc.option(target, { nil: undefined }),
    on_error: fc.option(target, { nil: undefined }),
    output: fc.option(fc.constantFrom('a', 'b'), { nil: undefined }),
  }),
);

const TARGETS = new Set(['next', 'on_error', 'default', 'on_timeout', 'on_invalid', 'target_flow']);

/**
 * A node whose ways lead on only: to later nodes of its flow, or to later flows. From one that waits they may lead anywhere.
 */
function leadingOn(value: Json, at: { flow: number; node: number }): Json {
  if (Array.isArray(value)) return value.map((item) => leadingOn(item, at));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      TARGETS.has(key) && typeof item === 'string' ? later(item, at) : leadingOn(item, at),
    ]),
  );
}

function later(name: string, { flow, node: index }: { flow: number; node: number }): string {
  const local = ids.indexOf(name);
  if (local >= 0) return ids[Math.max(local, Math.min(index + 1, NODES_MAX))] ?? 'end';
  const wanted = FLOWS.indexOf(name.split('/')[0] ?? '');
  const next = FLOWS[Math.max(wanted, flow + 1)];
  // The last flow's own waiting nodes, when there is no flow behind it.
  return next ?? 'end';
}

const WAITING = new Set<Json>(['wait', 'handoff']);

function source(name: string, drawn: readonly JsonObject[]): FlowSource {
  const flowIndex = FLOWS.indexOf(name);
  const nodes = drawn.map((each, index) =>
    WAITING.has(each['type'] ?? '')
      ? each
      : JsonObject.parse(leadingOn(each, { flow: flowIndex, node: index })),
  );
  const flow = {
    name,
    version: '1.0',
    input: ['who'],
    nodes: [
      ...nodes.map((each, index) => ({ id: ids[index] ?? '', ...each })),
      // Whatever a random target names is there, and a circle mostly has something that waits.
      ...ids.slice(nodes.length).map((id) => ({ id, type: 'wait', next: ids[0] ?? '' })),
      { id: 'end', type: 'reply', config: { message: 'end {{message}}' } },
    ],
    triggers: [
      { type: 'message', target: 'n0' },
      { type: 'default', target: 'n1' },
      { type: 'reaction', target: 'n2' },
      { type: 'event', event_type: 'order.paid', target: 'n3' },
    ],
  };
  return { path: `${name}.ygtc`, text: JSON.stringify(flow) };
}

/** Three flows that name one another. */
export const randomFlows: fc.Arbitrary<FlowSource[]> = fc
  .tuple(...FLOWS.map(() => fc.array(node.map(withoutUndefined), { minLength: 1, maxLength: NODES_MAX })))
  .map((flows) => FLOWS.map((name, index) => source(name, flows[index] ?? [])));

function withoutUndefined(value: Readonly<Record<string, JsonObject[string] | undefined>>): JsonObject {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, item]])),
  );
}

/** No flow above names it: where it shows, something rendered what a contact wrote. */
export const CANARY = 'CANARY-5f1d';
const HOSTILE = [
  '{{state.canary}}',
  '${state.canary}',
  '{{{{state.canary}}}}',
  '<%= state.canary %>',
  '{{#each}}',
  '{{',
];

const words = fc.oneof(
  fc.constantFrom(...HOSTILE, 'x', '3', 'a@b.id', '31/12/2026', '', 'constructor', '__proto__'),
  fc.string({ maxLength: 50, unit: 'binary' }),
);

const at = fc.nat({ max: 200_000 }).map((later) => ({ at: AT + later }));
const system = (fields: JsonObject) =>
  InboundEvent.parse({ ...anEvent({ kind: 'text', text: '' }), ...fields });

/** What may come in, timers of right and wrong waits among it. */
export const randomEvents: fc.Arbitrary<InboundEvent[]> = fc.array(
  fc
    .tuple(
      fc.oneof(
        words.map((said): JsonObject => ({ kind: 'text', text: said })),
        fc
          .tuple(words, words)
          .map(([id, title]): JsonObject => ({ kind: 'interactive', source: 'button', id, title })),
        words.map((emoji): JsonObject => ({ kind: 'reaction', reaction: { wamid: 'x', emoji } })),
        words.map((caption): JsonObject => ({ kind: 'media', media: { type: 'image', id: '1', caption } })),
        fc.nat({ max: 5 }).map((epoch): JsonObject => ({ kind: 'timer', epoch: epoch + 1 })),
        fc.constant<JsonObject>({ kind: 'release' }),
        words.map((who): JsonObject => ({ kind: 'event', eventType: 'order.paid', input: { who } })),
      ),
      at,
      fc.uuid(),
    )
    .map(([fields, when, id]) => system({ ...fields, ...when, evt: id.replaceAll('-', '') })),
  { minLength: 1, maxLength: 6 },
);

/** What web services may answer. */
export const randomAnswers: fc.Arbitrary<HttpResult[]> = fc.array(
  fc.oneof(
    words.map((body): HttpResult => ({ kind: 'answer', status: 200, headers: {}, body: { body }, ms: 10 })),
    fc.constant<HttpResult>({ kind: 'failed', code: 'timeout', message: 'no answer', ms: 9_000 }),
  ),
  { minLength: 1, maxLength: 4 },
);
