import { callAsStranger, type Answer, type Call } from './api-client.ts';
import type { Contact } from './book.ts';
import type { Party } from './parties.ts';
import {
  anId,
  callOwn,
  compare,
  isPlainFor,
  keepId,
  madeUpId,
  numberOf,
  otherThan,
  takeContact,
  type ApiRoute,
  type IdKind,
  type World,
} from './world.ts';

// Every path of the API, called by its team, with another's key, and for what is another's.

type OwnCall = (world: World, party: Party) => Promise<void>;

/** What each path is called for. One that is missing here is missing in the proof: the test fails then. */
export const OWN_CALLS: Readonly<Record<string, OwnCall>> = {
  'POST /messages': sendMessage,
  'POST /events': tellEvent,
  'POST /release': onContact((to, number) => ({
    method: 'POST',
    path: 'release',
    body: { to, phone_number_id: number },
  })),
  'GET /media/{media}': askMedia,
  'POST /messages/find': findMessage,
  'GET /messages/{mid}': readMessage,
  'POST /conversations/find': findConversation,
  'GET /conversations/{cid}': onId('cid', (cid) => ({ method: 'GET', path: `conversations/${cid}` })),
  'GET /contacts': async (world, party) => {
    await callOwn(world, party, {
      method: 'GET',
      path: `contacts?limit=20${world.chance.is(0.5) ? '&tag=vip' : ''}`,
    });
  },
  'POST /contacts/opt-out': wish('out'),
  'POST /contacts/opt-in': wish('in'),
  'POST /contacts/wishes': readWishes,
  'GET /opt-outs/export': seldom(0.1, async (world, party) => {
    await callOwn(world, party, { method: 'GET', path: 'opt-outs/export' });
  }),
  'POST /opt-outs/import': onOdd((waId) => ({
    method: 'POST',
    path: 'opt-outs/import',
    contentType: 'text/csv',
    body: `wa_id,scope,at\n${waId},all,2026-03-01T09:30:00Z\n`,
  })),
  'POST /contacts/export': onContact((to) => ({ method: 'POST', path: 'contacts/export', body: { to } })),
  'POST /contacts/erase': onOdd((waId) => ({
    method: 'POST',
    path: 'contacts/erase',
    body: { to: { wa_id: waId } },
  })),
  'POST /broadcasts': makeBroadcast,
  'GET /broadcasts': async (world, party) =>
    void (await callOwn(world, party, { method: 'GET', path: 'broadcasts' })),
  'GET /broadcasts/{bid}': onId('bid', (bid) => ({ method: 'GET', path: `broadcasts/${bid}` })),
  'DELETE /broadcasts/{bid}': seldom(
    0.2,
    onId('bid', (bid) => ({ method: 'DELETE', path: `broadcasts/${bid}` })),
  ),
  'POST /broadcasts/{bid}/recipients': addRecipients,
  'POST /broadcasts/{bid}/check': move('check'),
  'POST /broadcasts/{bid}/start': move('start', {}),
  'POST /broadcasts/{bid}/pause': move('pause'),
  'POST /broadcasts/{bid}/resume': move('resume'),
  'POST /broadcasts/{bid}/cancel': move('cancel'),
  'GET /broadcasts/{bid}/report': onId('bid', (bid) => ({
    method: 'GET',
    path: `broadcasts/${bid}/report?contacts=true`,
  })),
};

/** A call of a team about what is its own. */
export async function callOwnRoute(world: World, party: Party): Promise<void> {
  const { chance, routes } = world;
  // Half of all calls say something, since that is what others must not hear.
  const wanted = chance.is(0.5) ? chance.pick(['POST /messages', 'POST /events']) : chance.pick(routes).name;
  await OWN_CALLS[wanted]?.(world, party);
  world.did(`own ${wanted}`);
}

async function tellEvent(world: World, party: Party): Promise<void> {
  await withContact(world, party, async (contact) => {
    const number = numberOf(party, world.chance);
    const ref = world.book.expect(party, number, contact, isPlainFor(party, contact));
    const body = {
      to: nameOf(world, contact),
      phone_number_id: number,
      event_type: 'order.paid',
      input: { ref },
    };
    await callOnce(world, party, { path: 'events', body, first: 'accepted' });
  });
}

/** A template, which needs no open window. What the tenant has been told not to send is refused at once. */
async function sendMessage(world: World, party: Party): Promise<void> {
  await withContact(world, party, async (contact) => {
    const number = numberOf(party, world.chance);
    const isPlain = isPlainFor(party, contact);
    const wish = world.book.wishOf(party.tenant, contact);
    const ref = world.book.expect(party, number, contact, isPlain);
    const text = `MK${party.mark}: paid ${ref}`;
    const template = {
      name: 'paid',
      language: 'en',
      components: [{ type: 'body', parameters: [{ type: 'text', text }] }],
    };
    const body = {
      to: nameOf(world, contact),
      phone_number_id: number,
      message: { kind: 'template', template },
    };
    const answer = await callOnce(world, party, {
      path: 'messages',
      body,
      first: wish === 'in' && isPlain ? 'queued' : undefined,
    });
    const [, mid] = /"id":"([0-9a-f]{32})"/.exec(answer.body) ?? [];
    const [, cid] = /"conversation":"([0-9a-f]{32})"/.exec(answer.body) ?? [];
    if (mid !== undefined) keepId(world, party, 'mid', mid);
    if (cid !== undefined) keepId(world, party, 'cid', cid);
  });
}

interface Once {
  path: string;
  body: object;
  /** The word for a key that is new; undefined where the call may be refused. */
  first: string | undefined;
}

/** All teams use the same keys, each for the first time, and some of them twice. */
async function callOnce(world: World, party: Party, { path, body, first }: Once): Promise<Answer> {
  const key = `key-${world.next(`${path} of ${party.mark}`)}`;
  const call: Call = { method: 'POST', path, body: { ...body, idempotency_key: key } };
  const answer = await callOwn(world, party, call);
  if (first !== undefined && (answer.status !== 202 || !answer.body.includes(`"${first}"`))) {
    world.onCrossing(
      `${key} at ${path} of ${party.mark}, for the first time, got ${answer.status} ${answer.body}`,
    );
  }
  if (answer.status !== 202 || !world.chance.is(0.1)) return answer;
  const again = await callOwn(world, party, call);
  if (!again.body.includes('"known"')) world.onCrossing(`a second call got ${again.status} ${again.body}`);
  return answer;
}

async function askMedia(world: World, party: Party): Promise<void> {
  const number = numberOf(party, world.chance);
  const answer = await callOwn(world, party, { method: 'GET', path: `media/4711?phone_number_id=${number}` });
  if (answer.status === 200 && answer.body !== `MK${party.mark}: file 4711`) {
    world.onCrossing(`${party.mark} got another file: ${answer.body}`);
  }
}

/** Every number has sent something under this wamid: the answer is about the team's own. */
async function findMessage(world: World, party: Party): Promise<void> {
  const sent = world.chance.of(world.sent.get(party) ?? []);
  if (sent === undefined) return;
  const body = { wamid: sent.wamid, phone_number_id: sent.number };
  const answer = await callOwn(world, party, { method: 'POST', path: 'messages/find', body });
  const [, id] = /"id":"([0-9a-f]{32})"/.exec(answer.body) ?? [];
  if (id !== undefined && id !== sent.mid) world.onCrossing(`${sent.wamid} of ${sent.number} led to ${id}`);
  checkReceipts(world, party, answer);
}

async function readMessage(world: World, party: Party): Promise<void> {
  const sent = world.chance.of(world.sent.get(party) ?? []);
  if (sent === undefined) return;
  const answer = await callOwn(world, party, { method: 'GET', path: `messages/${sent.mid}` });
  if (![200, 404].includes(answer.status))
    world.onCrossing(`${party.mark} got ${answer.status} for its own message`);
  if (answer.status === 404 && !party.limited && sent.text.includes('#')) {
    // Erasure takes messages of odd contacts; no other is gone so soon.
    world.did('own message is gone');
  }
  checkReceipts(world, party, answer);
}

/** Teams tell of deliveries alone: whoever else says `read` or `failed` is another. */
function checkReceipts({ onCrossing }: World, { mark }: Party, { body }: Answer): void {
  if (/"status":"(?:read|failed)"/.test(body))
    onCrossing(`a message of ${mark} has a receipt of another: ${body}`);
}

async function findConversation(world: World, party: Party): Promise<void> {
  const number = numberOf(party, world.chance);
  const to = { wa_id: world.chance.pick(world.contacts).waId };
  const answer = await callOwn(world, party, {
    method: 'POST',
    path: 'conversations/find',
    body: { to, phone_number_id: number },
  });
  const [, cid] = /"id":"([0-9a-f]{32})"/.exec(answer.body) ?? [];
  if (cid !== undefined) keepId(world, party, 'cid', cid);
}

function wish(change: 'in' | 'out'): OwnCall {
  return (world, party) =>
    withContact(world, party, async (contact) => {
      const { book } = world;
      book.undecided(party.tenant, contact);
      const from = Math.floor(Date.now() / 1_000);
      const to = { wa_id: contact.waId, user_id: contact.userId };
      const path = `contacts/opt-${change}`;
      const answer = await callOwn(world, party, { method: 'POST', path, body: { to } });
      if (answer.status !== 200) world.onCrossing(`${path} got ${answer.status} ${answer.body}`);
      if (isPlainFor(party, contact))
        book.decided(party.tenant, contact, change, from, Math.floor(Date.now() / 1_000));
    });
}

/** What the tenant knows of a contact's wish is what was told to it. */
async function readWishes(world: World, party: Party): Promise<void> {
  await withContact(world, party, async (contact) => {
    const to = { wa_id: contact.waId, user_id: contact.userId };
    const answer = await callOwn(world, party, { method: 'POST', path: 'contacts/wishes', body: { to } });
    const told = world.book.wishOf(party.tenant, contact);
    const [, known] = /"all":\{"state":"([a-z]+)"/.exec(answer.body) ?? [];
    if (isPlainFor(party, contact) && told !== 'open' && known !== told) {
      world.onCrossing(`${party.mark} was told ${told} of ${contact.waId}, and knows ${answer.body}`);
    }
  });
}

async function makeBroadcast(world: World, party: Party): Promise<void> {
  const text = `MK${party.mark}: bulk {{order}}`;
  const template = {
    name: 'paid',
    language: 'en',
    components: [{ type: 'body', parameters: [{ type: 'text', text }] }],
  };
  const body = {
    name: `MK${party.mark}: sale`,
    phone_number_id: numberOf(party, world.chance),
    template,
    columns: { wa_id: 'Phone', order: 'Order' },
    idempotency_key: `sale-${world.next(`broadcasts of ${party.mark}`)}`,
  };
  const answer = await callOwn(world, party, { method: 'POST', path: 'broadcasts', body });
  if (answer.status === 409) return;
  if (answer.status !== 201)
    world.onCrossing(`a new broadcast of ${party.mark} got ${answer.status} ${answer.body}`);
  const [, bid] = /"id":"([0-9a-z]+)"/.exec(answer.body) ?? [];
  if (bid !== undefined) keepId(world, party, 'bid', bid);
}

/** Odd contacts only: nobody counts what they get. */
async function addRecipients(world: World, party: Party): Promise<void> {
  const bid = anId(world, party, 'bid');
  if (bid === undefined) return;
  const odd = world.contacts.filter((contact) => !isPlainFor(party, contact));
  const rows = Array.from({ length: 3 }, () => `${world.chance.of(odd)?.waId ?? ''},MK${party.mark}:`);
  const body = `Phone,Order\n${rows.join('\n')}\n`;
  await callOwn(world, party, {
    method: 'POST',
    path: `broadcasts/${bid}/recipients`,
    contentType: 'text/csv',
    body,
  });
}

function move(word: string, body?: object): OwnCall {
  return onId('bid', (bid) => ({ method: 'POST', path: `broadcasts/${bid}/${word}`, ...(body && { body }) }));
}

function onId(kind: IdKind, make: (id: string) => Call): OwnCall {
  return async (world, party) => {
    const id = anId(world, party, kind);
    if (id !== undefined) await callOwn(world, party, make(id));
  };
}

function onContact(make: (to: object, number: string) => Call): OwnCall {
  return async (world, party) => {
    const to = nameOf(world, world.chance.pick(world.contacts));
    await callOwn(world, party, make(to, numberOf(party, world.chance)));
  };
}

/** About a contact of whom nothing is expected from here on. */
function onOdd(make: (waId: string) => Call): OwnCall {
  return (world, party) =>
    withContact(world, party, async (contact) => {
      if (isPlainFor(party, contact)) return;
      world.book.undecided(party.tenant, contact);
      const answer = await callOwn(world, party, make(contact.waId));
      if (answer.status !== 200)
        world.onCrossing(`an odd call of ${party.mark} got ${answer.status} ${answer.body}`);
    });
}

function seldom(share: number, own: OwnCall): OwnCall {
  return async (world, party) => {
    if (world.chance.is(share)) await own(world, party);
  };
}

async function withContact(
  world: World,
  party: Party,
  work: (contact: Contact) => Promise<void>,
): Promise<void> {
  const used: (() => void)[] = [];
  const contact = takeContact(world, party, used);
  if (contact === undefined) return;
  try {
    await work(contact);
  } finally {
    for (const done of used) done();
  }
}

function nameOf({ chance }: World, { waId, userId }: Contact): object {
  return chance.is(0.5) ? { wa_id: waId } : { wa_id: waId, user_id: userId };
}

/** Another's key at one's own address and one's own key at another's: as if the key were made up. */
export async function useForeignKey(world: World, party: Party): Promise<void> {
  const { chance, parties, routes, apiUrl } = world;
  const other = otherThan(party, parties, chance);
  const route = chance.pick(routes);
  const call = callOf(route, pathOf(world, route, other).path);
  world.did(`another key ${route.name}`);
  const answer = await callAsStranger(apiUrl, other, party.apiKey, call);
  const madeUp = await callAsStranger(apiUrl, other, 'a-key-that-nobody-has-made-x', call);
  compare(world, `${party.mark} calls ${call.path} of ${other.mark}`, answer, madeUp, 401);
}

/** What is another's, asked for with one's own key: as if it did not exist. */
export async function askForeignId(world: World, party: Party): Promise<void> {
  const { chance, parties } = world;
  const other = otherThan(party, parties, chance);
  const asked = chance.is(0.7) ? idCalls(world, other) : numberCalls(world, other);
  if (asked === undefined) return;
  const [theirs, madeUp] = asked.calls;
  world.did(`another id ${asked.name}`);
  const answer = await callOwn(world, party, theirs.call);
  const unknown = await callOwn(world, party, madeUp.call);
  const plain = ({ status, body }: Answer, id: string) => ({ status, body: body.replaceAll(id, '<id>') });
  const what = `${party.mark} asks ${asked.name} for ${theirs.id} of ${other.mark}`;
  compare(world, what, plain(answer, theirs.id), plain(unknown, madeUp.id));
}

interface AskedTwice {
  name: string;
  /** The same call about what is the other's, and about what nobody has. */
  calls: [{ id: string; call: Call }, { id: string; call: Call }];
}

/** By an id in the path. */
function idCalls(world: World, other: Party): AskedTwice | undefined {
  const routes = world.routes.filter(({ path }) => /\{(?:mid|cid|bid)\}/.test(path));
  const route = world.chance.of(routes);
  if (route === undefined) return undefined;
  const { path, id } = pathOf(world, route, other);
  const nobodys = madeUpId(world);
  if (id === undefined) return undefined;
  const theirs = { id, call: callOf(route, path) };
  return {
    name: route.name,
    calls: [theirs, { id: nobodys, call: callOf(route, path.replace(id, nobodys)) }],
  };
}

/** By the number of the business. */
function numberCalls(world: World, other: Party): AskedTwice {
  const { chance, contacts, sent } = world;
  const to = { wa_id: chance.pick(contacts).waId };
  const wamid = chance.of(sent.get(other) ?? [])?.wamid ?? 'wamid.OUT.1';
  const number = numberOf(other, chance);
  const [name, make] = chance.pick<[string, (id: string) => Call]>([
    [
      'POST /events',
      (id) => ({ method: 'POST', path: 'events', body: { to, phone_number_id: id, event_type: 'x' } }),
    ],
    ['POST /release', (id) => ({ method: 'POST', path: 'release', body: { to, phone_number_id: id } })],
    ['GET /media/{media}', (id) => ({ method: 'GET', path: `media/4711?phone_number_id=${id}` })],
    [
      'POST /messages/find',
      (id) => ({ method: 'POST', path: 'messages/find', body: { wamid, phone_number_id: id } }),
    ],
    [
      'POST /conversations/find',
      (id) => ({ method: 'POST', path: 'conversations/find', body: { to, phone_number_id: id } }),
    ],
    [
      'POST /messages',
      (id) => ({
        method: 'POST',
        path: 'messages',
        body: { to, phone_number_id: id, message: { kind: 'text', text: 'x' } },
      }),
    ],
  ]);
  const nobodys = '799999999999999';
  return {
    name,
    calls: [
      { id: number, call: make(number) },
      { id: nobodys, call: make(nobodys) },
    ],
  };
}

function callOf({ method, contentType }: ApiRoute, path: string): Call {
  if (method === 'GET' || method === 'DELETE') return { method, path };
  return contentType?.startsWith('text/csv') === true
    ? { method, path, contentType: 'text/csv', body: 'Phone,Order\n6281,x\n' }
    : { method, path, body: {} };
}

/** A path with ids of the party in it. */
function pathOf(world: World, { path }: ApiRoute, party: Party): { path: string; id: string | undefined } {
  const kind = (['mid', 'cid', 'bid'] as const).find((each) => path.includes(`{${each}}`));
  const id = kind === undefined ? undefined : anId(world, party, kind);
  const filled = path.slice(1).replace(/\{(?:mid|cid|bid)\}/, id ?? madeUpId(world));
  return { path: filled.replace('{media}', '4711'), id };
}
