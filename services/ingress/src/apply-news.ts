import type { Bundle, BusinessNumber } from '@alur/bundle';
import {
  findConversation,
  learnDisplayNumber,
  learnLimits,
  learnTemplate,
  learnTemplateCategory,
  pauseNumber,
  readContact,
  readDisplayNumber,
  resumeWaba,
  setWish,
  shardOf,
  type RedisClient,
  type StoredContact,
} from '@alur/store';
import type { Logger } from '@alur/telemetry';
import { TIERS, type Tier } from '@alur/types';
import type { AccountNews } from '@alur/whatsapp';
import { preferenceEvents } from './preference-events.ts';
import type { SortedNews } from './sort-items.ts';

type Preference = Extract<AccountNews, { kind: 'preference' }>;

export interface NewsDeps {
  client: RedisClient;
  shards: number;
  logger: Logger;
  /** Whose subscribers are told of contacts' preferences; without it nobody is. */
  bundle?: () => Bundle | undefined;
}

/** Acts on what Meta says of numbers, templates and contacts: from then on the senders hold other limits. Safe to repeat. */
export async function applyNews({ item, numbers }: SortedNews, deps: NewsDeps): Promise<void> {
  for (const news of item.news) {
    const about = await numbersAbout(news, numbers, deps);
    if (about.length === 0) {
      deps.logger.warn({ field: item.field, kind: news.kind }, 'news.number_unknown');
      continue;
    }
    for (const number of about) await applyOne(news, { number, numbers }, deps);
    noteTemplate(item.wabaId, news, deps.logger);
    const line = { field: item.field, kind: news.kind, numbers: about.map(({ id }) => id) };
    deps.logger.info(line, 'news.applied');
  }
}

/** News name the number as people write it: which one that is, its own webhooks have told before. */
async function numbersAbout(
  news: AccountNews,
  numbers: readonly BusinessNumber[],
  { client, shards }: NewsDeps,
): Promise<BusinessNumber[]> {
  // A wish is the tenant's, whichever of its numbers it is told by.
  if (news.kind === 'preference') return onePerTenant(numbers);
  const display = 'displayNumber' in news ? news.displayNumber : undefined;
  if (display === undefined || numbers.length === 1) return [...numbers];
  const known = await Promise.all(
    numbers.map(async (number) => ({
      number,
      display: await readDisplayNumber(client, shardOf(number.tenant, shards), number),
    })),
  );
  const named = known.filter((each) => each.display === display).map(({ number }) => number);
  if (news.kind !== 'tier' || news.scope === 'number') return named;
  // What a portfolio may do holds for each of its numbers.
  const portfolios = new Set(named.map(({ portfolio }) => portfolio));
  return numbers.filter(
    (number) =>
      named.includes(number) || (number.portfolio !== undefined && portfolios.has(number.portfolio)),
  );
}

/** A number that the news holds for, and all that they were told to. */
interface About {
  number: BusinessNumber;
  numbers: readonly BusinessNumber[];
}

async function applyOne(news: AccountNews, { number, numbers }: About, deps: NewsDeps): Promise<void> {
  const { client } = deps;
  const shard = shardOf(number.tenant, deps.shards);
  switch (news.kind) {
    case 'tier':
      return learnLimits(client, shard, number, { tierLimit: limitOf(news.tier) });
    case 'throughput':
      return learnLimits(client, shard, number, { throughput: news.perSecond });
    case 'quality':
      return learnLimits(client, shard, number, { quality: news.event });
    case 'restriction': {
      const of = news.what === 'all' ? 'waba' : 'templates';
      return pauseNumber(client, shard, number, { of, untilMs: news.untilMs, code: 'restriction' });
    }
    case 'reinstated':
      return resumeWaba(client, shard, number);
    case 'template': {
      const { name, language, state, untilMs } = news;
      const blocked = state !== 'approved';
      return learnTemplate(client, shard, number, { name, language, blocked, untilMs });
    }
    case 'template_category':
      return learnTemplateCategory(client, shard, number, news);
    case 'template_changed':
    case 'template_quality':
      return undefined;
    case 'preference':
      return applyPreference(news, { number, numbers }, deps);
  }
}

async function applyPreference(news: Preference, { number, numbers }: About, deps: NewsDeps): Promise<void> {
  const { tenant } = number;
  const { change, atS } = news;
  const wish = { tenant, contact: await idsOf(news, number, deps), change, atS };
  const own = numbers.filter((each) => each.tenant === tenant);
  await setWish(deps.client, shardOf(tenant, deps.shards), {
    ...wish,
    scope: 'marketing',
    source: 'user_preferences',
    outside: preferenceEvents(wish, own, deps.bundle?.()),
  });
}

/** All ids of the contact that Meta names by one: a wish that is taken back under one holds under no other. */
async function idsOf(
  { waId, userId }: Preference,
  { tenant, id }: BusinessNumber,
  { client, shards }: NewsDeps,
): Promise<Pick<StoredContact, 'waId' | 'userId'>> {
  const named = { waId, userId };
  if (waId !== undefined && userId !== undefined) return named;
  const shard = shardOf(tenant, shards);
  const cid = await findConversation(client, shard, id, named);
  const known = cid && (await readContact(client, shard, cid));
  // A number that was left leads to its former owner until the next one is heard.
  const isTheirs = known && (waId === undefined ? known.userId === userId : known.waId === waId);
  return isTheirs ? { waId: known.waId, userId: known.userId } : named;
}

/** What nobody can act on here but an operator. */
function noteTemplate(waba: string | undefined, news: AccountNews, logger: Logger): void {
  if (news.kind === 'template_quality') {
    const { name: template, language, quality } = news;
    logger.info({ waba, template, language, quality }, 'templates.quality');
  }
  if (news.kind === 'template_changed') {
    const { name: template, language } = news;
    logger.warn({ waba, template, language }, 'templates.outdated');
  }
}

function limitOf(tier: Tier): number {
  const { contactsPerDay } = TIERS[tier];
  return Number.isFinite(contactsPerDay) ? contactsPerDay : -1;
}

function onePerTenant(numbers: readonly BusinessNumber[]): BusinessNumber[] {
  return [...new Map(numbers.map((number) => [number.tenant, number])).values()];
}

/** Notes how numbers are written; asks Redis only when this process does not know yet. */
export function createDisplayNumbers({ client, shards }: NewsDeps) {
  const noted = new Map<string, string>();
  return {
    learn: async (numbers: ReadonlyMap<BusinessNumber, string>): Promise<void> => {
      for (const [number, display] of numbers) {
        if (noted.get(number.id) === display) continue;
        await learnDisplayNumber(client, shardOf(number.tenant, shards), number, display);
        noted.set(number.id, display);
      }
    },
  };
}
