import type { BusinessNumber } from '@alur/bundle';
import { readContactVitals, shardOf, type ContactVitals } from '@alur/store';
import { readPhoneNumber } from '@alur/whatsapp';
import type { CheckId } from '../check-list.ts';
import { renderMoment } from '../../../moments.ts';
import { fail, ok, once, warn, type Check, type Verdict } from '../check.ts';
import type { RedisVisit } from '../redis-visit.ts';
import type { Visit } from '../visit.ts';

/** Whether a message to this contact would go, from each number. The contact's number is never shown whole. */
export function contactChecks(written: string, visit: Visit, redis: RedisVisit, whole: Check[]): Check[] {
  const read = readPhoneNumber(written, regionOf(visit));
  const who = read.kind === 'number' ? masked(read.waId) : '';
  const format: Check = {
    id: 'contact.number',
    about: '',
    run: () =>
      read.kind === 'number'
        ? ok(`${who}, written right`)
        : fail(read.reason, 'write it with `+` and its country code, such as +62 812 3456 7890'),
  };
  if (read.kind !== 'number') return [format];
  const numbers = visit.teams.flatMap((team) => team.numbers);
  return [
    format,
    ...numbers.flatMap((number) => checksOf({ number, waId: read.waId, who }, redis, [...whole, format])),
  ];
}

/** The country that the teams of the visit are in, so that a number may be written as it is there; undefined when they are in several. */
function regionOf({ teams }: Visit): string | undefined {
  const regions = new Set(
    teams.map(({ locale }) => (locale === undefined ? undefined : new Intl.Locale(locale).region)),
  );
  return regions.size === 1 ? [...regions][0] : undefined;
}

/** The last two digits: enough to see that the right one was meant. */
function masked(waId: string): string {
  return `…${waId.slice(-2)}`;
}

interface Pair {
  number: BusinessNumber;
  waId: string;
  who: string;
}

function checksOf({ number, waId, who }: Pair, redis: RedisVisit, needs: Check[]): Check[] {
  const vitals = once(async () => {
    const shard = shardOf(number.tenant, await redis.shards());
    return readContactVitals(redis.client, shard, number, { waId });
  });
  const of = (id: CheckId, judge: (found: ContactVitals) => Verdict): Check => ({
    id,
    about: `number ${number.id} to ${who}`,
    needs,
    run: async () => judge(await vitals()),
  });
  return [
    of('contact.conversation', conversationVerdict),
    of('contact.window', windowVerdict),
    of('contact.wishes', wishesVerdict),
    of('contact.pace', paceVerdict),
  ];
}

function conversationVerdict({ cid, isHandedOff }: ContactVitals): Verdict {
  if (cid === undefined)
    return warn(
      'none: the contact has not written, nor been written to, in 90 days',
      'send a template, or have the contact write first',
    );
  if (isHandedOff)
    return warn(
      `${cid}: people have it, so flows are silent`,
      'give it back: `POST /v1/{tenant}/{team}/release`',
    );
  return ok(cid);
}

function windowVerdict({ windowUntilMs }: ContactVitals, nowMs = Date.now()): Verdict {
  const fix = 'send a template; anything else goes only within 24 hours after the contact wrote';
  if (windowUntilMs === undefined) return warn('closed: the contact has not written since it closed', fix);
  const when = renderMoment(windowUntilMs, nowMs);
  return windowUntilMs > nowMs ? ok(`open until ${when}`) : warn(`closed since ${when}`, fix);
}

function wishesVerdict({ optedOut, marketingHeldUntilMs }: ContactVitals): Verdict {
  if (optedOut === 'all')
    return warn('opted out of everything', 'respect it; it ends when the contact writes a start word');
  if (optedOut === 'marketing') return warn('opted out of marketing', 'send no marketing template');
  if (marketingHeldUntilMs !== undefined)
    return warn(
      `Meta lets no marketing through until ${renderMoment(marketingHeldUntilMs, Date.now())}`,
      'wait',
    );
  return ok('nothing is known against it');
}

function paceVerdict({ pacedUntilMs }: ContactVitals): Verdict {
  if (pacedUntilMs === undefined) return ok('nothing');
  return warn(
    `so much was sent that the next message waits until ${renderMoment(pacedUntilMs, Date.now())}`,
    'send less to one contact; Meta takes one message in 6 seconds',
  );
}
