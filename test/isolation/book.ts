import type { Sent } from './outside.ts';
import type { Party } from './parties.ts';

// What each tenant may expect, told by what was done in it and by nothing else: whatever another tenant did that changes it is
// a crossing. A contact's wish is asked for when a message goes, so one that had not gone when the wish changed may do either.

/** `must`: exactly one answer. `never`: none. `may`: one at most. */
type Due = 'must' | 'may' | 'never';

interface Expected {
  party: Party;
  contact: Contact;
  number: string;
  ref: string;
  due: Due;
  sent: number;
}

export interface Contact {
  index: number;
  waId: string;
  userId: string;
}

export interface Book {
  /** Something that the flows of a party answer once; gives the reference that the answer has to show. */
  expect(party: Party, number: string, contact: Contact, isPlain: boolean): string;
  /** From here on the outcome of what is under way is open, until `decided`. */
  undecided(tenant: string, contact: Contact): void;
  /** Between which seconds the wish was: of two in one second the stop holds. */
  decided(tenant: string, contact: Contact, wish: 'in' | 'out', from: number, to?: number): void;
  wishOf(tenant: string, contact: Contact): 'in' | 'out' | 'open';
  note(sent: Sent): void;
  /** References of answers that are missing. */
  missing(): string[];
  counts(): Record<Due | 'answered', number>;
}

export function createBook(onCrossing: (what: string) => void): Book {
  const all = new Map<string, Expected>();
  /** Of a contact in a tenant: what has not been answered. */
  const open = new Map<string, Set<Expected>>();
  const wishes = new Map<string, 'in' | 'out' | 'open'>();
  const stops = new Map<string, { from: number; to: number }>();
  const missing = new Set<Expected>();
  let count = 0;

  const openOf = (key: string): Set<Expected> => {
    const known = open.get(key) ?? new Set();
    open.set(key, known);
    return known;
  };
  const change = (expected: Expected, due: Due): void => {
    expected.due = due;
    if (due === 'must') missing.add(expected);
    else missing.delete(expected);
  };
  return {
    expect(party, number, contact, isPlain) {
      count += 1;
      const ref = `#${count}#`;
      const key = keyOf(party.tenant, contact);
      const wish = wishes.get(key) ?? 'in';
      const isFree = party.limited || !isPlain || wish === 'open';
      const expected: Expected = { party, contact, number, ref, due: 'may', sent: 0 };
      all.set(ref, expected);
      openOf(key).add(expected);
      if (wish === 'out' && isPlain) change(expected, 'never');
      else if (!isFree) change(expected, 'must');
      return ref;
    },
    undecided(tenant, contact) {
      const key = keyOf(tenant, contact);
      wishes.set(key, 'open');
      for (const expected of openOf(key)) change(expected, 'may');
    },
    decided(tenant, contact, wish, from, to = from) {
      const key = keyOf(tenant, contact);
      if (wish === 'out') stops.set(key, { from, to });
      const stop = stops.get(key);
      if (wish === 'out' || stop === undefined || from > stop.to) wishes.set(key, wish);
      else wishes.set(key, from === to && stop.from === stop.to ? 'out' : 'open');
    },
    wishOf: (tenant, contact) => wishes.get(keyOf(tenant, contact)) ?? 'in',
    note(sent) {
      const word = /(?:stopped at|started at|fallback of) ([a-z]+)/.exec(sent.text)?.[1];
      if (word !== undefined && word !== sent.party.tenant)
        onCrossing(`${sent.number} used the words of ${word}`);
      const expected = all.get(refOf(sent.text) ?? '');
      if (expected === undefined) return;
      const fault = faultOf(expected, sent);
      if (fault !== undefined)
        onCrossing(`${fault}: ${sent.number} to ${sent.to}, ${expected.due}: ${sent.text}`);
      expected.sent += 1;
      missing.delete(expected);
      open.get(keyOf(expected.party.tenant, expected.contact))?.delete(expected);
    },
    missing: () =>
      [...missing].map(({ ref, party, number, contact }) => `${ref} ${party.mark} ${number} ${contact.waId}`),
    counts() {
      const counts = { must: 0, may: 0, never: 0, answered: 0 };
      for (const { due, sent } of all.values()) {
        counts[due] += 1;
        counts.answered += sent;
      }
      return counts;
    },
  };
}

function keyOf(tenant: string, { index }: Contact): string {
  return `${tenant} ${index}`;
}

/** What an answer answers: the text before may repeat an older reference, kept in the session. */
function refOf(text: string): string | undefined {
  const paid = /paid (#\d+#)/.exec(text)?.[1];
  return paid ?? /#\d+#/.exec(text.split(' | ').slice(4).join(' '))?.[0];
}

function faultOf({ due, party, number, contact, sent: before }: Expected, sent: Sent): string | undefined {
  if (party !== sent.party) return `the answer of ${party.mark} came from ${sent.party.mark}`;
  if (number !== sent.number) return `the answer of ${number} came from another number`;
  if (before > 0) return 'a second answer';
  if (due === 'never') return 'an answer after a stop';
  const isPlace = due === 'must' && sent.to !== contact.waId && sent.to !== contact.userId;
  return isPlace ? `the answer of ${contact.waId} went to another contact` : undefined;
}
