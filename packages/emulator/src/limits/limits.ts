import { type Arrival } from '../arrival-clock.ts';
import { type NumberBook } from '../graph/number-book.ts';
import { type EmulatorSettings, type NumberSettings } from '../options.ts';
import { type ContactBook, type ContactNames } from './contact-book.ts';
import { LIMIT_NAMES, type LimitName } from './limit-name.ts';
import { type Meters, createMeters } from './meters.ts';
import { PAIR_CAPACITY } from './pair-buckets.ts';
import { type LimitReport } from './tally.ts';
import { type TierHold } from './tier-count.ts';

/** One POST that is otherwise fine. */
export interface LimitedSend extends Arrival {
  to: string;
  isTemplate: boolean;
  /** Whether it is a template that is known as marketing, or not known at all. */
  canBeMarketing: boolean;
}

/** What the limits make of a POST. */
export interface Verdict {
  /** The POST is refused for this one; nothing was counted. */
  refused?: LimitName;
  /** Accepted and counted, but a status shall fail it for this one. */
  failed?: LimitName;
  /** Its place in the tier, when it took one: not when it will fail. */
  hold?: TierHold;
}

/**
 * How each limit of a number fared. Units: `throughput` messages in 1,000 ms, both directions; `pair` messages taken
 * from one bucket; `tier` contacts (or messages, as the tier counts) in the rolling window, one report for all numbers of a
 * portfolio; `window` milliseconds since the contact wrote, without those who never did; `optOut` 1 for a message against
 * a stop.
 */
export interface NumberLimits extends Record<LimitName, LimitReport> {
  /**
   * Only what certainly fell into one second counts: `blurMs` is the longest that a request may have waited before it was
   * noticed, and how far apart two may have come in truth that seem to have come together.
   */
  throughput: LimitReport & { blurMs: number };
  /** `lowestLevel`: the emptiest that any contact's bucket was; below 0 when it was overdrawn. */
  pair: LimitReport & { lowestLevel: number };
}

export interface Limits {
  /** Decides about one POST and counts it if it is accepted. */
  judge(number: string, send: LimitedSend): Verdict;
  /** Counts an inbound message. `wroteMs`: the time that the contact's message bears; without it, no window opens. */
  countInbound(number: string, inbound: Arrival & { from: ContactNames; wroteMs: number | undefined }): void;
  /** By `phone_number_id`. */
  report(): Record<string, NumberLimits>;
  /** Forgets peaks, refusals and violations; what is in windows and buckets stays. */
  reset(): void;
}

type LimitSettings = Pick<EmulatorSettings, 'enforce' | 'windowMs' | 'tierWindowMs'>;

export interface LimitDeps {
  numbers: NumberBook;
  contacts: ContactBook;
}

/** Always measures; refuses only what `enforce` says. A number's limits are those that it has in the book by then. */
export function createLimits(settings: LimitSettings, { numbers, contacts }: LimitDeps): Limits {
  const metersById = createMeters(numbers.list(), settings.tierWindowMs);
  return {
    judge(id, send) {
      const [meters, number] = [metersById.get(id), numbers.find(id)];
      return meters && number ? judge(meters, { send, number, contacts, settings }) : {};
    },
    countInbound(id, { from, wroteMs, ...arrival }) {
      const meters = metersById.get(id);
      const contact = contacts.resolve(from);
      if (wroteMs !== undefined) contacts.wrote(id, contact, wroteMs);
      if (!meters) return;
      readThroughput(meters, meters.throughput.countWith(arrival), arrival);
      meters.throughput.add(arrival);
    },
    report: () =>
      Object.fromEntries(
        numbers.list().flatMap((number) => {
          const meters = metersById.get(number.id);
          return meters ? [[number.id, report(meters, number, settings)]] : [];
        }),
      ),
    reset() {
      for (const meters of metersById.values()) {
        meters.blurMs = 0;
        for (const name of LIMIT_NAMES) meters.tallies[name].reset();
      }
    },
  };
}

interface Case {
  send: LimitedSend;
  number: NumberSettings;
  contacts: ContactBook;
  settings: LimitSettings;
}

function judge(meters: Meters, given: Case): Verdict {
  const { send, contacts, settings } = given;
  const { tallies } = meters;
  const contact = contacts.resolve(send.to);
  const member = tierMember(meters, contact, given);
  const readings = readAll(meters, { ...given, contact, member });
  const exceeded = readings.filter(({ isOver }) => isOver).map(({ name }) => name);
  const refused = exceeded.find((name) => settings.enforce[name] === 'api');
  if (refused) {
    tallies[refused].countRefusal();
    return { refused };
  }
  for (const { name, value } of readings) {
    if (name === 'throughput') readThroughput(meters, value, send);
    else if (Number.isFinite(value)) tallies[name].read(value, send.arrivedMs);
  }
  for (const name of exceeded) tallies[name].countViolation();
  meters.throughput.add(send);
  meters.pair.take(contact, send.arrivedMs);
  const failed = exceeded.find((name) => settings.enforce[name] === 'status');
  if (failed) tallies[failed].countRefusal();
  if (failed) return { failed };
  return member === undefined ? {} : { hold: meters.tier.hold(member, send.arrivedMs) };
}

function readThroughput(meters: Meters, count: number, { arrivedMs, earliestMs }: Arrival): void {
  meters.tallies.throughput.read(count, arrivedMs);
  meters.blurMs = Math.max(meters.blurMs, arrivedMs - earliestMs);
}

/** As what the message would take a place in the tier: its contact, or itself where every message counts. */
function tierMember(meters: Meters, contact: string, given: Case): string | undefined {
  const { send, number } = given;
  // No contact's name begins with a space.
  if (number.tierCounts === 'all') return ` ${(meters.serial += 1)} ${number.id}`;
  return send.isTemplate && sinceHeardMs(contact, given) > given.settings.windowMs ? contact : undefined;
}

function sinceHeardMs(contact: string, { send, number, contacts }: Case): number {
  return send.arrivedMs - contacts.lastWroteMs(number.id, contact);
}

interface Reading {
  name: LimitName;
  value: number;
  isOver: boolean;
}

/** What each limit that concerns the message would read with it. */
function readAll(meters: Meters, given: Case & { contact: string; member: string | undefined }): Reading[] {
  const { send, number, contacts, settings, contact, member } = given;
  const rate = meters.throughput.countWith(send);
  const level = meters.pair.levelAfter(contact, send.arrivedMs);
  const readings: Reading[] = [
    { name: 'throughput', value: rate, isOver: rate > number.throughput },
    { name: 'pair', value: PAIR_CAPACITY - level, isOver: level < 0 },
  ];
  if (member !== undefined) readings.push(readTier(meters, member, given));
  if (!send.isTemplate) {
    const sinceMs = sinceHeardMs(contact, given);
    readings.push({ name: 'window', value: Math.max(0, sinceMs), isOver: sinceMs > settings.windowMs });
  }
  const isStopped = send.canBeMarketing && contacts.hasStopped(number.id, contact);
  if (isStopped) readings.push({ name: 'optOut', value: 1, isOver: true });
  return readings;
}

/** A member that has its place already exceeds nothing, even where others did. */
function readTier({ tier }: Meters, member: string, { send, number }: Case): Reading {
  const value = tier.countWith(member, send.arrivedMs);
  const isOver = value > (number.tierLimit ?? Infinity) && !tier.isHeld(member, send.arrivedMs);
  return { name: 'tier', value, isOver };
}

function report(
  { tallies, blurMs }: Meters,
  { throughput, tierLimit }: NumberSettings,
  { windowMs }: LimitSettings,
): NumberLimits {
  const pair = tallies.pair.report(PAIR_CAPACITY);
  return {
    throughput: { ...tallies.throughput.report(throughput), blurMs },
    pair: { ...pair, lowestLevel: PAIR_CAPACITY - pair.peak },
    tier: tallies.tier.report(tierLimit ?? null),
    window: tallies.window.report(windowMs),
    optOut: tallies.optOut.report(0),
  };
}
