import { randomUUID } from 'node:crypto';
import { type Arrival, type ArrivalClock, createArrivalClock } from './arrival-clock.ts';
import { type Clock, createClock } from './clock.ts';
import { createChatLog } from './control/chat-log.ts';
import { type ControlDeps } from './control/control-api.ts';
import { createFaults } from './faults.ts';
import { type AcceptDeps } from './graph/accept-messages.ts';
import { type GraphDeps } from './graph/graph-api.ts';
import { createNumberBook } from './graph/number-book.ts';
import { wireGraph } from './graph/wire-graph.ts';
import { createChance, createIds } from './ids.ts';
import { createReactionBook } from './inbound/reaction-book.ts';
import { type People, createPeople, toMetaContact } from './inbound/people.ts';
import { createLedger } from './ledger.ts';
import { createContactBook } from './limits/contact-book.ts';
import { createLimits } from './limits/limits.ts';
import { createMediaBook } from './media/media-book.ts';
import { type EmulatorSettings } from './options.ts';
import { createStats } from './stats.ts';
import { createTemplateBook } from './templates/template-book.ts';
import { type StatusPlanner, createStatusPlanner } from './webhooks/plan-statuses.ts';
import { createPrices } from './webhooks/price.ts';
import { type Webhooks, wireWebhooks } from './webhooks/wire-webhooks.ts';

/** All that an emulator is made of. */
export type EmulatorDeps = AcceptDeps &
  GraphDeps &
  ControlDeps &
  Webhooks & {
    arrivals: ArrivalClock;
    clock: Clock;
    /** Where the emulator itself can be reached; known once it listens. */
    place: { url: string };
  };

export function wireEmulator(settings: EmulatorSettings): EmulatorDeps {
  const context = wireContext(settings);
  const { seed, clock } = context;
  const books = wireBooks(settings, context);
  const webhooks = wireWebhooks(settings, context);
  const { queue } = webhooks;
  const graph = wireGraph(settings, { seed, clock, ...books, queue });
  const arrivals = createArrivalClock();
  const place = { url: '' };
  return {
    ...context,
    ...books,
    ...webhooks,
    ...graph,
    limits: createLimits(settings, books),
    throttleHttp: settings.throttleHttp,
    faults: createFaults(seed),
    statuses: wireStatuses(settings, { ...context, ...books, queue }),
    reactions: createReactionBook(),
    chance: createChance(`inbound ${seed}`),
    place,
    mediaUrl: (id) => graph.downloads.urlOf(id, settings.publicUrl ?? place.url),
    verifyToken: settings.verifyToken,
    windowMs: settings.windowMs,
    arrivals,
    readArrival: clockArrivals(arrivals, clock),
  };
}

/** What everything else may need. */
function wireContext(settings: EmulatorSettings) {
  const seed = settings.seed ?? randomUUID();
  const { now: startMs, rate, stopped } = settings.clock;
  const clock = createClock({ startMs, rate: stopped ? 0 : rate });
  return {
    seed,
    clock,
    nowMs: () => clock.nowMs(),
    clockMs: () => clock.preciseMs(),
    ids: createIds(seed),
    stats: createStats(),
    // By the machine's time: it tells two starts apart, which a clock that is set cannot.
    chat: createChatLog(Date.now()),
  };
}

type Context = ReturnType<typeof wireContext>;

/** What is known of numbers, contacts, templates, files and messages. */
function wireBooks(settings: EmulatorSettings, { seed, ids, nowMs }: Context) {
  return {
    numbers: createNumberBook(settings.numbers, nowMs),
    contacts: createContactBook(),
    people: createPeople(seed, settings.userIds),
    templates: createTemplateBook({
      mode: settings.templates,
      definitions: settings.templateDefinitions,
      nowMs,
    }),
    media: createMediaBook({ ids, nowMs }),
    ledger: createLedger(),
  };
}

type StatusContext = Context & ReturnType<typeof wireBooks> & Pick<Webhooks, 'queue'>;

function wireStatuses(settings: EmulatorSettings, context: StatusContext): StatusPlanner {
  const { statusDelayMs: delays, autoRead, failedStatusTag, windowMs, userIds } = settings;
  const { seed, clock, queue, chat, people, templates, contacts } = context;
  return createStatusPlanner({
    delays,
    autoRead,
    failedStatusTag,
    seed,
    clock,
    queue,
    chat,
    priceOf: createPrices({ templates, contacts, windowMs }),
    recipient: userIds ? (to) => recipientOf(people, to) : () => undefined,
  });
}

/** Arrivals by the emulator's clock: how long one may have waited unseen is told by the machine. */
function clockArrivals(arrivals: ArrivalClock, clock: Clock): () => Arrival {
  let lastEarliestMs = -Infinity;
  return () => {
    const seen = arrivals.read();
    const arrivedMs = clock.preciseMs();
    const unseenMs = (seen.arrivedMs - seen.earliestMs) * clock.rate;
    lastEarliestMs = Math.max(lastEarliestMs, arrivedMs - unseenMs);
    return { arrivedMs, earliestMs: lastEarliestMs };
  };
}

/** Who a receipt is about: a number that nobody wrote from belongs to somebody, too. */
function recipientOf(people: People, to: string) {
  const isPhone = /^[0-9]+$/.test(to);
  const person = people.find(to) ?? people.meet(isPhone ? { waId: to } : { userId: to });
  return { userId: person.userId ?? to, contact: toMetaContact(person) };
}
