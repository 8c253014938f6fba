import { createHash } from 'node:crypto';
import { loadFlows, turn } from '@alur/flow';
import { ratio, show, spread } from './rounds.mjs';
import { table } from './table.mjs';

const ROUND_MS = 1_000;
const NODES = 20;
const AT = 1_700_000_000;

/** What the engine costs beside the same conversation written by hand, and what each node adds to a turn. */
export async function compareEngine({ settings, say }) {
  say('\nEngine: turns of a conversation that asks, checks and remembers, without I/O');
  const { flows } = loadFlows([{ path: 'shop.ygtc', text: SHOP }]);
  const engine = [];
  const byHand = [];
  for (let round = 0; round < settings.rounds; round += 1) {
    engine.push(perSecond(() => playEngine(flows)));
    byHand.push(perSecond(playByHand));
    say(
      `  ${round + 1}/${settings.rounds} engine ${engine.at(-1).toFixed(0)}, by hand ${byHand.at(-1).toFixed(0)} turns/s`,
    );
  }
  say(`\nTurns a second: ${show(spread(engine), 0)}; by hand ${show(spread(byHand), 0)}`);
  say(
    `The engine by code that a programmer would write for this one conversation: ${show(ratio(engine, byHand))}`,
  );
  say('\nA node more in a turn:');
  const empty = microsecondsATurn(chainOf(0, REPLY));
  const rows = Object.entries(KINDS).map(([name, node]) => {
    const micros = (microsecondsATurn(chainOf(NODES, node)) - empty) / NODES;
    return [name, micros.toFixed(2)];
  });
  say(table(['node', 'µs'], [...rows, ['a turn with nothing but one reply', empty.toFixed(2)]]));
}

const SHOP = `name: shop
version: '1.0'
variables: {shop: Kopi}
nodes:
  - {id: ask, type: reply, config: {message: "Welcome to {{shop}}, {{contact.name}}. How many?"}, next: hold}
  - {id: hold, type: wait, config: {expect: number, save: count, on_invalid: again, max_attempts: 3}, next: which}
  - {id: again, type: reply, config: {message: "A number, please."}, next: hold}
  - id: which
    type: branch
    config: {conditions: [{expression: "count > 10", next: many}], default: few}
  - {id: many, type: reply, config: {message: "{{count}} is more than we have."}}
  - {id: few, type: reply, config: {message: "{{count}} it is.", buttons: [{id: pay, title: Pay}, {id: stop, title: Cancel}]}}
triggers:
  - {type: message, target: ask}
`;

const WORDS = ['hi', 'some', '4', 'hi', '12'];
const text = (word, index) => ({
  kind: 'text',
  evt: createHash('sha256').update(`${index}`).digest('hex').slice(0, 32),
  tenant: 'a',
  team: 'b',
  number: '1',
  wamid: `wamid.${index}`,
  at: AT + index,
  receivedAtMs: 0,
  from: { waId: '62', name: 'Sari' },
  text: word,
});
const EVENTS = WORDS.map(text);
const snapshotOf = (session) => ({
  tenant: 'a',
  team: 'b',
  number: '1',
  contact: { waId: '62', name: 'Sari', tags: [], optedOut: false },
  lastMessageTime: AT,
  limits: { tier: '1', remaining: 10 },
  session,
});

function playEngine(flows) {
  let session = { state: {}, epoch: 0 };
  for (const event of EVENTS) {
    const result = turn(flows, snapshotOf(session), event);
    session = result.session;
    if (result.effects.length !== 1) throw new Error('the conversation is not the one that is meant');
  }
  return EVENTS.length;
}

// As a handler that somebody writes once: the same messages under ids that a repetition makes again.
function playByHand() {
  let session = {};
  for (const event of EVENTS) {
    const snapshot = snapshotOf(session);
    const [answer, after] = handle(snapshot, event);
    session = after;
    if (answer.mid.length !== 32) throw new Error('no id');
  }
  return EVENTS.length;
}

function handle({ contact, session }, event) {
  const say = (body, more) => ({
    mid: idOf(event.evt),
    kind: 'message',
    message: { kind: 'text', text: body, ...more },
  });
  if (!session.waits)
    return [say(`Welcome to Kopi, ${contact.name}. How many?`), { ...session, waits: true, tries: 0 }];
  if (!/^\d+$/.test(event.text)) {
    const tries = session.tries + 1;
    return [say('A number, please.'), tries >= 3 ? {} : { ...session, tries }];
  }
  const count = Number(event.text);
  if (count > 10) return [say(`${count} is more than we have.`), { count }];
  const buttons = [
    { id: 'pay', title: 'Pay' },
    { id: 'stop', title: 'Cancel' },
  ];
  return [say(`${count} it is.`, { buttons }), { count }];
}

function idOf(evt) {
  return createHash('sha256').update(`mid:${evt}:0`).digest('hex').slice(0, 32);
}

const REPLY = 'type: reply, config: {message: "Hello"}';
const KINDS = {
  'reply, fixed text': REPLY,
  'reply, two names': 'type: reply, config: {message: "Hello {{contact.name}}, {{state.k}}"}',
  'reply, buttons':
    'type: reply, config: {message: "Which?", buttons: [{id: a, title: A}, {id: b, title: B}]}',
  branch: `type: branch, config: {conditions: [{expression: "message == 'x' && now > 5", next: end}]}`,
  'state set': 'type: state, config: {action: set, key: k, value: "{{message}}"}',
  template: 'type: template, config: {template: "{{upper(message)}}!", output: t}',
  event: 'type: event, config: {event_type: thing.happened, payload: {a: "{{message}}"}}',
  tag: 'type: tag, config: {add: vip}',
};

function chainOf(count, node) {
  const nodes = Array.from(
    { length: count },
    (_, index) => `  - {id: n${index}, ${node}, next: ${index === count - 1 ? 'end' : `n${index + 1}`}}`,
  );
  const source = `name: chain
version: '1.0'
nodes:
${nodes.join('\n')}
  - {id: end, ${REPLY}, next: keep}
  - {id: keep, type: state, config: {action: set, key: k, value: x}}
triggers:
  - {type: message, target: ${count === 0 ? 'end' : 'n0'}}
`;
  const { flows, findings } = loadFlows([{ path: 'chain.ygtc', text: source }]);
  if (!flows) throw new Error(JSON.stringify(findings));
  return flows;
}

function microsecondsATurn(flows) {
  const [event] = EVENTS;
  const snapshot = snapshotOf({ state: { k: 'x' }, epoch: 0 });
  const once = () => {
    if (turn(flows, snapshot, event).outcome !== 'completed') throw new Error('the turn failed');
    return 1;
  };
  return 1e6 / perSecond(once);
}

/** Units of `work` a second, warm. */
function perSecond(work) {
  for (const until = performance.now() + ROUND_MS / 4; performance.now() < until;) work();
  let units = 0;
  const startedAt = performance.now();
  while (performance.now() - startedAt < ROUND_MS) units += work();
  return units / ((performance.now() - startedAt) / 1000);
}
