import { describe, expect, test } from '@jest/globals';
import { type InboundEvent, Sender } from '@alur/types';
import { LONG_STATES, randomFrom } from '../../../../test/model/chance.ts';
import { textEvent } from '../../../../test/support/events.ts';
import { parseItem } from '../inbox-item.ts';
import { createIntake } from '../intake.ts';
import { type ContactMove, moveContact } from './move-contact.ts';
import type { ContactIds } from './names.ts';
import type { ReadyEntry } from '../ready.ts';
import { knowingContacts } from '../testing/knowing-contacts.ts';
import { commitOf, takingTurns } from '../testing/taking-turns.ts';
import type { Loaded } from '../turns.ts';
import { useStore } from '../testing/use-store.ts';

const store = useStore();
const { place, readyAndFull } = knowingContacts(store);
const { reader, turns } = takingTurns(store);

const PEOPLE = 4;
const STEPS = 80;
const PHONES = Array.from({ length: 12 }, (_, index) => `${15_550_000 + index}`);
const START_S = Math.floor(Date.now() / 1_000) - 1_000;

interface Person {
  name: string;
  waId: string;
  userId: string;
  sent: number;
}

interface Having {
  entry: ReadyEntry;
  loaded: Loaded;
}

/** Who is there, what they sent, and what the runners made of it. */
function createWorld(seed: number) {
  const random = randomFrom(seed);
  const chance = (among: number) => Math.floor(random() * among);
  const pick = <T>(list: readonly T[]): T => {
    const one = list[chance(list.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  const people: Person[] = Array.from({ length: PEOPLE }, (_, index) => ({
    name: `p${index}`,
    waId: PHONES[index] ?? '',
    userId: `US.${index}x0`,
    sent: 0,
  }));
  const intakes = [0, 1].map(() => createIntake({ client: store.real, shards: 1, wishOf: () => undefined }));
  const sent: InboundEvent[] = [];
  const moves: ContactMove[] = [];
  const taken: { cid: string; text: string }[] = [];
  const hands: Having[] = [];
  let clockS = START_S;

  const accept = (event: InboundEvent) => pick(intakes).accept([event]);

  function write(person: Person): InboundEvent {
    const shown = pick<ContactIds>([
      { waId: person.waId },
      { userId: person.userId },
      { waId: person.waId, userId: person.userId },
    ]);
    clockS += 1;
    const text = `${person.name} ${String((person.sent += 1)).padStart(3, '0')} ${Object.values(shown).join('+')}`;
    const event = textEvent({ wamid: text, text, at: clockS, ...Sender.parse(shown) });
    sent.push(event);
    return event;
  }

  /** To a number that nobody has; Meta tells the new user id with it, or the next message does. */
  function change(person: Person): ContactMove {
    const free = PHONES.filter((phone) => people.every(({ waId }) => waId !== phone));
    const was = { waId: person.waId, userId: person.userId };
    clockS += 2;
    const at = clockS;
    clockS += 2;
    person.waId = pick(free);
    person.userId = `${person.userId.split('x')[0]}x${at}`;
    const is = chance(2) === 0 ? { waId: person.waId } : { waId: person.waId, userId: person.userId };
    const move = { at, was: chance(2) === 0 ? was : { waId: was.waId }, is };
    moves.push(move);
    return move;
  }

  const tell = (move: ContactMove) => moveContact(store.real, place, move);

  async function read(): Promise<void> {
    for (const entry of await reader().read(1, 1)) await take(entry);
  }

  async function take(entry: ReadyEntry): Promise<void> {
    const loaded = await turns().load(entry);
    if (loaded) hands.push({ entry, loaded });
  }

  /** A runner ends its turn: perhaps long after others did, who took the entry over. */
  async function commit(): Promise<void> {
    const [having] = hands.splice(chance(Math.max(1, hands.length)), 1);
    if (!having) return;
    const { entry, loaded } = having;
    const event = parseItem(loaded.item);
    if (event?.kind !== 'text') throw new Error('no text');
    const contact = { ...loaded.contact, ...event.from };
    const result = await turns().commit(commitOf(entry, loaded, { messages: [], contact }));
    if (result.kind === 'ok') taken.push({ cid: entry.cid, text: event.text });
    if (result.kind === 'ok' && result.next) await take({ ...entry, recovered: false });
  }

  async function recover(): Promise<void> {
    for (const entry of await reader('b').recover(3, 0)) await take(entry);
  }

  async function finish(): Promise<void> {
    for (let idle = 0; idle < 3; idle += 1) {
      const before = taken.length;
      await read();
      await recover();
      while (hands.length > 0) await commit();
      if (taken.length > before) idle = -1;
    }
  }

  const again = () => (sent.length > 0 && chance(2) === 0 ? accept(pick(sent)) : undefined);
  const toldAgain = () => (moves.length > 0 ? tell(pick(moves)) : undefined);
  return {
    chance,
    pick,
    people,
    sent,
    taken,
    accept,
    write,
    change,
    tell,
    read,
    commit,
    recover,
    finish,
    again,
    toldAgain,
  };
}

async function expectReadyIsRight(label: string): Promise<void> {
  const { ready, full } = await readyAndFull();
  expect({ label, ready }).toEqual({ label, ready: full });
}

/** Of one person by the very same ids, each is after what was sent before. */
function expectInOrder(taken: readonly { text: string }[]): void {
  const last = new Map<string, string>();
  for (const { text } of taken) {
    const [person, , names] = text.split(' ');
    const by = `${person} ${names}`;
    expect({ by, isLater: (last.get(by) ?? '') < text }).toEqual({ by, isLater: true });
    last.set(by, text);
  }
}

const SEEDS = Array.from({ length: LONG_STATES > 0 ? 60 : 5 }, (_, index) => index + 1);

describe('conversations by many names', () => {
  test.each(SEEDS)('take each event once and in order, whatever comes between: seed %i', async (seed) => {
    const world = createWorld(seed);
    const steps = [
      () => world.accept(world.write(world.pick(world.people))),
      () => world.accept(world.write(world.pick(world.people))),
      () => world.tell(world.change(world.pick(world.people))),
      () => void world.change(world.pick(world.people)),
      world.toldAgain,
      world.read,
      world.commit,
      world.commit,
      world.recover,
      world.again,
    ];
    for (let step = 0; step < STEPS; step += 1) {
      const writes = world.chance(3) === 0 ? [world.read, world.toldAgain, world.commit] : [];
      await Promise.all([world.pick(steps)(), ...writes.map((each) => each())]);
      await expectReadyIsRight(`step ${step}`);
    }
    await world.finish();
    await expectReadyIsRight('the end');
    const texts = world.taken.map(({ text }) => text);
    expect(texts.toSorted()).toEqual(
      world.sent.map((event) => event.kind === 'text' && event.text).toSorted(),
    );
    expectInOrder(world.taken);
  });

  test.each(SEEDS)('hold one person each, where every move is told in time: seed %i', async (seed) => {
    const world = createWorld(100 + seed);
    const late: InboundEvent[] = [];
    const steps = [
      () => world.accept(world.write(world.pick(world.people))),
      () => void late.push(world.write(world.pick(world.people))),
      () =>
        late.length > 0
          ? world.accept(
              late.splice(world.chance(late.length), 1)[0] ?? world.write(world.pick(world.people)),
            )
          : undefined,
      () => world.tell(world.change(world.pick(world.people))),
      world.toldAgain,
      world.read,
      world.commit,
      world.recover,
      world.again,
    ];
    for (let step = 0; step < STEPS; step += 1) {
      await world.pick(steps)();
      await expectReadyIsRight(`step ${step}`);
    }
    for (const event of late) await world.accept(event);
    await world.finish();
    expect(new Set(world.taken.map(({ text }) => text)).size).toBe(world.sent.length);
    const owners = new Map<string, Set<string>>();
    for (const { cid, text } of world.taken) {
      const [person = ''] = text.split(' ');
      owners.set(cid, (owners.get(cid) ?? new Set()).add(person));
    }
    expect([...owners.values()].filter((people) => people.size > 1)).toEqual([]);
  });
});
