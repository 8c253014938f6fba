import { signBody } from '@alur/whatsapp';
import { send, type Answer } from './api-client.ts';
import { askForeignId, callOwnRoute, useForeignKey } from './api-operations.ts';
import type { Contact } from './book.ts';
import type { Party } from './parties.ts';
import {
  bodyOf,
  messageItem,
  moveItem,
  preferenceItem,
  restrictionItem,
  SAYING,
  statusItem,
  templateItem,
  type Item,
} from './webhooks.ts';
import {
  compare,
  freshWaId,
  isPlainFor,
  nextWamid,
  numberOf,
  otherThan,
  takeContact,
  type World,
} from './world.ts';

// What is done to the system, from outside: as its owners do, and as tenants that would like to reach another's do.

const ITEMS_MAX = 16;
const ATTACKS = 0.8;

/** One of all operations. */
export async function operate(world: World): Promise<void> {
  const { chance, parties } = world;
  const party = chance.pick(parties);
  const dice = chance.below(100);
  if (dice < 40) return sendWebhook(world, party);
  if (dice < 48) return sendToAnother(world, party);
  if (dice < 65) return callOwnRoute(world, party);
  if (dice < 80) return useForeignKey(world, party);
  if (dice < 96) return askForeignId(world, party);
  return verifyAddress(world, party);
}

/** Several items in one body, most of them the party's own, some about what is another's. */
async function sendWebhook(world: World, party: Party): Promise<void> {
  const { chance } = world;
  const used: (() => void)[] = [];
  const items: Item[] = [];
  const count = 1 + chance.below(ITEMS_MAX);
  for (let index = 0; index < count; index += 1) {
    const item = chance.is(ATTACKS) ? attack(world, party) : ownItem(world, party, used);
    if (item !== undefined) items.push(item);
  }
  if (items.length === 0) return;
  const answer = await postBody(world, party, party.appSecret, bodyOf(items));
  if (answer.status !== 200) world.onCrossing(`a body of ${party.mark} got ${answer.status} ${answer.body}`);
  for (const done of used) done();
}

function ownItem(world: World, party: Party, used: (() => void)[]): Item | undefined {
  const { chance, book } = world;
  const dice = chance.below(100);
  const number = numberOf(party, chance);
  if (dice < 30) {
    const sent = chance.of(world.sent.get(party) ?? []);
    world.did('own status');
    const word = chance.pick(['sent', 'delivered']);
    return sent && statusItem(party, sent.number, sent, { word, tagged: chance.is(0.7) });
  }
  const contact = takeContact(world, party, used);
  if (contact === undefined) return undefined;
  const isPlain = isPlainFor(party, contact);
  const place = { number, wamid: nextWamid(world, number), contact };
  if (dice < 40) return wishItem(world, party, place, used);
  if (!isPlain && dice < 70) return oddItem(world, party, place);
  const ref = book.expect(party, number, contact, isPlain);
  world.did('own message');
  return messageItem(party, place, chance.pick(SAYING)(`say MK${party.mark}: ${ref}`));
}

interface Place {
  number: string;
  wamid: string;
  contact: Contact;
}

function wishItem({ book, chance, did }: World, party: Party, place: Place, used: (() => void)[]): Item {
  const wish = chance.is(0.5) ? 'out' : 'in';
  const { tenant } = party;
  const at = Math.floor(Date.now() / 1_000);
  book.undecided(tenant, place.contact);
  // Before the contact is free for the next operation.
  used.unshift(() => book.decided(tenant, place.contact, wish, at));
  did(wish === 'out' ? 'stop' : 'start');
  const body = wish === 'out' ? 'STOP' : 'START';
  return messageItem(party, { ...place, at }, { type: 'text', text: { body } });
}

/** What makes a conversation hard to tell anything of; the same contact is plain in other tenants. */
function oddItem(world: World, party: Party, place: Place): Item {
  const { chance, did } = world;
  const dice = chance.below(10);
  if (dice === 0) {
    did('own move');
    return moveItem(party, place, place.contact, freshWaId(world));
  }
  if (dice === 1) {
    did('own preference');
    return preferenceItem(party, place.number, place.contact, chance.pick(['stop', 'resume']));
  }
  if (dice === 2 && party.limited) {
    did('own restriction');
    return restrictionItem(party.waba);
  }
  const word = chance.pick(['tag', 'ask', 'people', 'call', 'fail']);
  did(`own ${word}`);
  return messageItem(party, place, { type: 'text', text: { body: `${word} MK${party.mark}: odd` } });
}

/** About another's number, message, contact or account, under the party's own signature. */
function attack(world: World, party: Party): Item | undefined {
  const { chance, parties, contacts, sent, did } = world;
  const other = otherThan(party, parties, chance);
  const number = numberOf(other, chance);
  const contact = chance.pick(contacts);
  const place = { number, wamid: nextWamid(world, number), contact };
  const theirs = chance.of(sent.get(other) ?? []);
  const dice = chance.below(8);
  did(`attack ${dice}`);
  if (dice === 0) return messageItem(party, place, SAYING[0](`say MK${party.mark}: attack`));
  if (dice === 1) return messageItem(party, place, { type: 'text', text: { body: 'STOP' } });
  if (dice === 2) return moveItem(party, place, contact, freshWaId(world));
  if (dice === 3) return preferenceItem(other, number, contact, 'stop');
  if (dice === 4) return restrictionItem(other.waba);
  if (dice === 5) return templateItem(other.waba);
  // A receipt for another's message: by its number, or by its tag at a number of one's own.
  const at = dice === 6 ? number : numberOf(party, chance);
  const failed = chance.is(0.5);
  const code = chance.pick([131_026, 131_047, 131_050, 131_049, 130_429, 131_056]);
  return (
    theirs &&
    statusItem(
      party,
      at,
      theirs,
      failed ? { word: 'failed', tagged: true, code } : { word: 'read', tagged: true },
    )
  );
}

/** A body of one's own at another's address: as if nobody lived there. */
async function sendToAnother(world: World, party: Party): Promise<void> {
  const { chance, parties } = world;
  const other = otherThan(party, parties, chance);
  const number = numberOf(other, chance);
  const place = { number, wamid: nextWamid(world, number), contact: chance.pick(world.contacts) };
  const body = bodyOf([messageItem(party, place, SAYING[0](`say MK${party.mark}: attack`))]);
  world.did('another address');
  const answer = await postBody(world, other, party.appSecret, body);
  const nobody = await postBody(world, { ...other, team: 'nobody' }, party.appSecret, body);
  compare(world, `${party.mark} posts to ${other.mark}`, answer, nobody, 401);
}

async function verifyAddress(world: World, party: Party): Promise<void> {
  const { chance, parties } = world;
  const other = otherThan(party, parties, chance);
  const ask = ({ tenant, team }: Party, token: string) =>
    send(
      `${world.webhookUrl}/webhook/whatsapp/${tenant}/${team}?hub.mode=subscribe&hub.challenge=1158&hub.verify_token=${token}`,
      { method: 'GET', headers: {} },
    );
  world.did('verification');
  const own = await ask(party, party.verifyToken);
  if (own.body !== '1158') world.onCrossing(`the verification of ${party.mark} got ${own.status}`);
  compare(world, 'verification', await ask(other, party.verifyToken), await ask(other, 'made-up'), 403);
}

function postBody(
  { webhookUrl }: World,
  { tenant, team }: Party,
  secret: string,
  body: string,
): Promise<Answer> {
  const bytes = Buffer.from(body);
  const headers = { 'content-type': 'application/json', 'x-hub-signature-256': signBody(bytes, secret) };
  return send(`${webhookUrl}/webhook/whatsapp/${tenant}/${team}`, { method: 'POST', headers, body: bytes });
}
