import { FLOOR_MS } from './configuration.ts';
import { NOW, shortNames } from './scenario.ts';

// What a Redis holds, as one canonical text, so that two ways to the same contents meet. The clock of the model stands at
// `NOW`: when time goes on, every time in the contents moves into the past instead. So contents are the same whenever all
// that matters of them is.

/** All keys by kind; `expiring` are those with a time to live. */
export interface Contents {
  hashes: Record<string, Record<string, string>>;
  lists: Record<string, string[]>;
  sets: Record<string, Record<string, string>>;
  strings: Record<string, string>;
  /** Entries by id, each as fields and values in turn; without them where a model has none. */
  streams?: Record<string, Stream>;
  expiring: Record<string, boolean>;
}

interface Stream {
  /** The id of the newest entry that there ever was. */
  last: string;
  entries: Record<string, string[]>;
}

// What went out longer ago than any window of the throughput counts no more.
const THROUGHPUT_MS = 2_000;
// A contact this far from the limit cannot reach it with the few attempts that the model makes. One comes back in 6 s.
const PAIR_AMPLE = 8;
const PAIR_EVERY_MS = 6_000;
// Whose turn it is among tenants: there is one.
const TURNS = /:(turn|served):/;
// For people who ask.
const TRACE = /:trace:/;
// Of what was before any grace began, only the order matters.
const HORIZON_MS = FLOOR_MS + 5_000;

/** Contents as text, ids by their short names: the same text when the same is true of them. */
export function canonical({ hashes, lists, sets, strings, expiring }: Contents): string {
  const press = pressOld(hashes, sets);
  const kept = {
    hashes: withoutEmpty(map(hashes, (fields, key) => hashRule(key, press)(fields))),
    lists: Object.fromEntries(Object.entries(lists).filter(([key]) => !TRACE.test(key))),
    sets: withoutEmpty(map(sets, (members, key) => setRule(key, press)(members))),
    strings: Object.fromEntries(Object.entries(strings).filter(([key]) => !TURNS.test(key))),
  };
  const isThere = (key: string) => kept.hashes[key] ?? kept.lists[key] ?? kept.sets[key] ?? kept.strings[key];
  const expiringKept = Object.fromEntries(Object.entries(expiring).filter(([key]) => isThere(key)));
  return shortened(JSON.stringify(sorted({ ...kept, expiring: expiringKept })));
}

/** Ids by their short names. */
export function shortened(text: string): string {
  return text.replace(ID, (id) => names.get(id) ?? id);
}

/** Reads the canonical text; ids keep their short names. */
export function parseContents(text: string): Contents {
  const contents: Contents = JSON.parse(text);
  return contents;
}

/** The same contents `ms` later. */
export function afterTime(text: string, ms: number): string {
  const contents = parseContents(text);
  const earlier = (value: string) => value.replace(TIME, (time) => String(Number(time) - ms));
  return canonical({
    hashes: map(contents.hashes, (fields) => map(fields, earlier)),
    lists: map(contents.lists, (items) => items.map(earlier)),
    sets: map(contents.sets, (members) =>
      Object.fromEntries(Object.entries(members).map(([member, score]) => [earlier(member), earlier(score)])),
    ),
    strings: contents.strings,
    expiring: contents.expiring,
  });
}

/** The text with everything spelled out: what a Redis is filled with. */
export function spelledOut(text: string): string {
  return text.replace(/<\w+>/g, (name) => JSON.stringify(longs.get(name) ?? name).slice(1, -1));
}

type Fields = Record<string, string>;
type Rule = (values: Fields) => Fields;

// Unix milliseconds of the model's time, and no part of a longer word.
const TIME = /(?<![\w.])1[78]\d{11}(?!\w)/g;

// Beginnings of attempts, and when the tier counted: they are compared with each other long after.
const LONG_AGO_FIELDS = ['started', 'tier_at'];
const LONG_AGO_SETS = /:(statuses|tier|attempting):/;

/** Times that are long ago close up to the horizon, all together, in their order. */
function pressOld(hashes: Contents['hashes'], sets: Contents['sets']): (time: string) => string {
  const held = Object.values(hashes).flatMap((fields) =>
    LONG_AGO_FIELDS.flatMap((field) => fields[field] ?? []),
  );
  const counted = Object.entries(sets).filter(([key]) => LONG_AGO_SETS.test(key));
  return press([...held, ...counted.flatMap(([, members]) => Object.values(members))], NOW - HORIZON_MS);
}

/** Makes times before `from` close up to it, in their order. */
function press(times: readonly string[], from: number): (time: string) => string {
  const past = [...new Set(times.map(Number))].filter((time) => time < from).sort((a, b) => b - a);
  return (time) => {
    const place = past.indexOf(Number(time));
    return place < 0 ? time : String(from - 1 - place);
  };
}

function hashRule(key: string, old: (time: string) => string): Rule {
  if (key.includes(':msg:')) return (fields) => map(record(fields, old), brief);
  if (key.includes(':pair:')) return pair;
  if (/:(number|waba):/.test(key)) return paused;
  return (fields) => map(fields, brief);
}

// What is kept for people who ask decides nothing, and a lease means something during its attempt only.
function record(
  { created: _, life: __, waits: ___, lease, ...fields }: Fields,
  old: (time: string) => string,
): Fields {
  const isOpen = lease !== undefined && fields['state'] === 'attempting';
  return {
    ...map(fields, (value, field) => (LONG_AGO_FIELDS.includes(field) ? old(value) : value)),
    ...(isOpen && { lease: atLeast(NOW, lease) }),
  };
}

function pair({ blocked_until: until, ...fields }: Fields): Fields {
  const { level = '', at = '' } = fields;
  const isAmple = level === '' || Number(level) + (NOW - Number(at)) / PAIR_EVERY_MS >= PAIR_AMPLE;
  const isBlocked = until !== undefined && Number(until) > NOW;
  return { ...(isAmple ? {} : fields), ...(isBlocked && { blocked_until: until }) };
}

function paused({ paused_until: until, ...fields }: Fields): Fields {
  return { ...fields, ...(until !== undefined && { paused_until: atLeast(NOW, until) }) };
}

// Of times that are due, and of those that scripts read only in order, the order stays.
const ORDER_ONLY = /:(outbox|wakes|dead|later:.*|admitted:.*)$/;

function setRule(key: string, old: (time: string) => string): Rule {
  if (LONG_AGO_SETS.test(key)) return (members) => map(members, old);
  if (key.includes(':throughput:')) return recent;
  if (!ORDER_ONLY.test(key)) return (members) => members;
  return (members) => map(members, press(Object.values(members), NOW));
}

function recent(members: Fields): Fields {
  return Object.fromEntries(Object.entries(members).filter(([, at]) => Number(at) > NOW - THROUGHPUT_MS));
}

function atLeast(least: number, time: string): string {
  return Number(time) < least ? String(least) : time;
}

// Ids and long values have short names in the text, and get them back on the way to Redis.
const names = new Map(shortNames());
const longs = new Map([...names].map(([id, name]) => [name, id]));
const ID = /[0-9a-f]{32}/g;
const LONG = 48;

function brief(value: string): string {
  if (value.length <= LONG) return value;
  const known = names.get(value) ?? `<v${names.size}>`;
  names.set(value, known);
  longs.set(known, value);
  return known;
}

function map<A, B>(values: Record<string, A>, each: (value: A, key: string) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, each(value, key)]));
}

function withoutEmpty<T extends object>(values: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).filter(([, held]) => Object.keys(held).length > 0));
}

/** The same value, its fields in order of their names. Lists have an order of their own. */
export function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
