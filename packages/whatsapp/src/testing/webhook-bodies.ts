import { type Json, type JsonObject } from '@alur/types';
import { ACCOUNT_PAYLOADS, INBOUND_PAYLOADS } from './payloads.ts';
import { bend, createDice, type Dice } from './bend.ts';
import { AT, CONTACT_ENTRY, DISPLAY, NUMBER, WABA, messageFrame } from './frame.ts';
import { type Account, goodItem, type GoodItem } from './good-items.ts';
import { STATUS_PAYLOADS } from './status-payloads.ts';
import { SYSTEM_PAYLOADS } from './system-payloads.ts';

// Whole webhook bodies for fuzzing: what Meta sends, bent in places, around items that nobody has touched.

export interface BentBody {
  body: Buffer;
  /** What must come out of it, whatever stands beside. */
  good: readonly GoodItem[];
}

const OURS: Account = { number: NUMBER, wabaId: WABA, displayNumber: DISPLAY };
const PARTS_MAX = 3;
const BENDS_MAX = 3;

const MESSAGES: readonly JsonObject[] = [
  ...INBOUND_PAYLOADS.map(({ message }) => ({ ...messageFrame('wamid.bent'), ...message })),
  ...SYSTEM_PAYLOADS.map(({ message }) => ({ id: 'wamid.bent', timestamp: String(AT), ...message })),
].filter((message) => JSON.stringify(message).length < 10_000);
const STATUSES = STATUS_PAYLOADS.map(({ status }) => status);
const CHANGES = ACCOUNT_PAYLOADS.map(({ field, value }): JsonObject => ({ field, value }));

/** A source of bodies, the same for the same seed; an account may be given that knows itself as the receiver. */
export function createBodies(seed: number, account: Account = OURS): () => BentBody {
  const dice = createDice(seed);
  let count = 0;
  return () => {
    const good = Array.from({ length: 1 + dice.upTo(PARTS_MAX) }, () => {
      count += 1;
      return goodItem(count, account);
    });
    const body = bodyOf(good, account, dice);
    return { body: Buffer.from(JSON.stringify(body)), good };
  };
}

function bodyOf(good: readonly GoodItem[], account: Account, dice: Dice): JsonObject {
  const entry = { id: account.wabaId, time: account.at ?? AT, changes: changesOf(good, account, dice) };
  const others = dice.chance(0.3) ? [bend(foreignEntry(account, dice), 1 + dice.upTo(BENDS_MAX), dice)] : [];
  const body = { object: 'whatsapp_business_account', entry: shuffled([entry, ...others], dice) };
  return dice.chance(0.1)
    ? { ...body, [dice.pick(['time', 'constructor', ''])]: bend(entry, 1, dice) }
    : body;
}

/** One untouched entry: its good changes are whole, others are bent as a whole. */
function changesOf(good: readonly GoodItem[], account: Account, dice: Dice): Json[] {
  const own = good.filter(({ place }) => place === 'changes').map(({ raw }) => raw);
  const value = valueOf(good, account, dice);
  const bent = some(dice, () => bend(oneOf(CHANGES, dice), 1 + dice.upTo(BENDS_MAX), dice));
  return shuffled([{ field: 'messages', value }, ...own, ...bent], dice);
}

/** A value whose lists are whole: beside the good elements, each other is bent by itself. */
function valueOf(good: readonly GoodItem[], { number, displayNumber }: Account, dice: Dice): JsonObject {
  const listOf = (place: GoodItem['place'], pool: readonly JsonObject[]) => {
    const own = good.filter((item) => item.place === place).map(({ raw }) => raw);
    const bent = some(dice, () => bend(oneOf(pool, dice), 1 + dice.upTo(BENDS_MAX), dice));
    return shuffled<Json>([...own, ...bent], dice);
  };
  const contacts = good.flatMap(({ contact }) => contact ?? []);
  const others = some(dice, () => bend(CONTACT_ENTRY, dice.upTo(BENDS_MAX), dice));
  return {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: displayNumber, phone_number_id: number },
    contacts: shuffled<Json>([...contacts, ...others], dice),
    messages: listOf('messages', MESSAGES),
    statuses: listOf('statuses', STATUSES),
    ...(dice.chance(0.2) && { errors: bend([{ code: 130_429, title: 'x' }], dice.upTo(BENDS_MAX), dice) }),
  };
}

/** An entry of another business account, which is bent as a whole. */
function foreignEntry(account: Account, dice: Dice): JsonObject {
  const value = valueOf([], account, dice);
  const messages: JsonObject = { field: 'messages', value };
  return { id: '102290129340398', time: AT, changes: shuffled([messages, oneOf(CHANGES, dice)], dice) };
}

function some<T>(dice: Dice, make: () => T): T[] {
  return Array.from({ length: dice.upTo(PARTS_MAX) }, make);
}

function oneOf(pool: readonly JsonObject[], dice: Dice): JsonObject {
  return pool[dice.upTo(pool.length)] ?? {};
}

function shuffled<T>(list: readonly T[], dice: Dice): T[] {
  return list
    .map((value) => ({ value, place: dice.upTo(1_000) }))
    .sort((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
