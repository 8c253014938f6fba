import type { BusinessNumber, Team } from '@alur/bundle';
import { z } from 'zod';
import { fail, ok, skip, warn, type Check, type Verdict } from '../check.ts';
import { aliasOf, callbackOf, secretsFileOf, type Visit } from '../visit.ts';
import { askGraph } from './ask-graph.ts';
import type { KnownToMeta } from './number-checks.ts';
import type { Token } from './token-checks.ts';

/** A WABA with the team whose token opens it. */
export interface WabaTarget {
  waba: string;
  team: Team;
  token: Token;
}

const Numbers = z.object({
  data: z.array(z.object({ id: z.string() })),
  paging: z
    .object({ next: z.string().optional(), cursors: z.object({ after: z.string() }).optional() })
    .optional(),
});
const PAGES_MAX = 10;

/** Whether a number is of the WABA that its team names. */
export function wabaNumberCheck(number: BusinessNumber, token: Token, known: Check, visit: Visit): Check {
  const { businessAccountId: waba } = number;
  return {
    id: 'waba.number',
    about: `number ${number.id}`,
    needs: [known],
    run: async () => {
      if (waba === undefined) return skip('the team names no `business_account_id`');
      return findNumber(number.id, waba, token, visit);
    },
  };
}

async function findNumber(id: string, waba: string, token: Token, visit: Visit): Promise<Verdict> {
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = { fields: 'id', limit: '100', ...(after !== undefined && { after }) };
    const asked = await askGraph(visit, {
      path: `${waba}/phone_numbers`,
      token: token.value,
      query,
      schema: Numbers,
    });
    if (asked.kind === 'no')
      return fail(
        `WABA ${waba}: ${asked.why}`,
        'check `business_account_id`, and that the token has whatsapp_business_management',
      );
    if (asked.answer.data.some((each) => each.id === id)) return ok(`it is of WABA ${waba}`);
    after = asked.answer.paging?.next === undefined ? undefined : asked.answer.paging.cursors?.after;
    if (after === undefined) break;
  }
  return fail(
    `it is not of WABA ${waba}`,
    'put the ID of its WhatsApp Business account into `business_account_id`',
  );
}

const Apps = z.object({
  data: z.array(z.object({ whatsapp_business_api_data: z.object({ id: z.coerce.string() }).optional() })),
});
const Done = z.object({ success: z.literal(true) });
const Subscriptions = z.object({
  data: z.array(
    z.object({
      object: z.string(),
      active: z.boolean().optional(),
      fields: z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])),
    }),
  ),
});

/** Whether the app is told what happens in a WABA. */
export function wabaChecks(target: WabaTarget, visit: Visit): { subscribed: Check; checks: Check[] } {
  const about = `WABA ${target.waba}`;
  const needs = [target.token.accepted];
  const subscribed: Check = {
    id: 'waba.subscribed',
    about,
    needs,
    run: () => checkSubscribed(target, visit),
  };
  const fields: Check = { id: 'waba.fields', about, needs, run: () => checkFields(target, visit) };
  return { subscribed, checks: [subscribed, fields] };
}

async function checkSubscribed({ waba, token }: WabaTarget, visit: Visit): Promise<Verdict> {
  const path = `${waba}/subscribed_apps`;
  const before = await isSubscribed(path, token, visit);
  if (typeof before === 'string')
    return fail(before, 'check `business_account_id`, and that the token has whatsapp_business_management');
  if (before) return ok('it does');
  if (!visit.fix)
    return fail(
      'the app is not subscribed, so no webhook comes',
      'run `alur doctor --fix`, which subscribes it',
    );
  const asked = await askGraph(visit, { method: 'POST', path, token: token.value, schema: Done });
  if (asked.kind === 'no')
    return fail(
      `it could not be subscribed: ${asked.why}`,
      'subscribe it with the token of an admin of the WABA',
    );
  return (await isSubscribed(path, token, visit)) === true
    ? ok('it was not, and is subscribed now')
    : fail('it was subscribed, and is not in the list all the same', 'run it again; if it stays, ask Meta');
}

/** Whether this token's app is in the list, or why that cannot be said. */
async function isSubscribed(path: string, token: Token, visit: Visit): Promise<boolean | string> {
  const asked = await askGraph(visit, { path, token: token.value, schema: Apps });
  if (asked.kind === 'no') return asked.why;
  const ids = asked.answer.data.map((app) => app.whatsapp_business_api_data?.id);
  const app = await appIdOf(token);
  return app === undefined ? ids.length > 0 : ids.includes(app);
}

async function appIdOf(token: Token): Promise<string | undefined> {
  const info = await token.info();
  return info.kind === 'ok' ? info.answer.app_id : undefined;
}

const WHERE = 'look in the Meta app under WhatsApp, Configuration, Webhook fields';

async function checkFields({ team, token }: WabaTarget, visit: Visit): Promise<Verdict> {
  const app = await appIdOf(token);
  if (app === undefined) return skip(`which app the token is of cannot be seen: ${WHERE}`);
  if (team.appSecrets.length === 0) return skip(`needs the app secret: ${WHERE}`);
  let why = '';
  for (const secret of team.appSecrets) {
    // An app's own token, which alone opens this list.
    const question = { path: `${app}/subscriptions`, token: `${app}|${secret}`, schema: Subscriptions };
    const asked = await askGraph(visit, question);
    if (asked.kind === 'ok') return fieldsVerdict(asked.answer.data);
    why = asked.why;
  }
  const fix = `copy the secret of app ${app} into ${secretsFileOf(team)}, or ${WHERE}`;
  return warn(`no app secret opens app ${app}, which the token is of: ${why}`, fix);
}

function fieldsVerdict(all: z.infer<typeof Subscriptions>['data']): Verdict {
  const fix =
    'in the Meta app, WhatsApp, Configuration: set the callback address and subscribe to the field `messages`';
  const found = all.find(({ object }) => object === 'whatsapp_business_account');
  if (!found) return fail('the app has no webhooks of WhatsApp', fix);
  if (found.active === false) return fail("the app's webhooks are switched off", fix);
  if (!found.fields.includes('messages')) return fail('the app is not subscribed to `messages`', fix);
  return ok(`${found.fields.length} fields, \`messages\` among them`);
}

/** Whether a number's webhooks go elsewhere by an address of its own, or of its WABA. */
export function callbackCheck(team: Team, number: BusinessNumber, known: KnownToMeta, needs: Check[]): Check {
  return {
    id: 'waba.callback',
    about: `number ${number.id}`,
    needs,
    run: async () => {
      const asked = await known.info();
      if (asked.kind === 'no') return skip(asked.why);
      const {
        phone_number: own,
        whatsapp_business_account: waba,
        application,
      } = asked.answer.webhook_configuration ?? {};
      const url = own ?? waba ?? application;
      if (url === undefined) return skip('Meta does not tell where they go');
      if (url === callbackOf(team) || url === aliasOf(team)) return ok(callbackOf(team));
      return warn(
        `they go to ${hostOf(url)} by the address of the ${sourceOf(own, waba)}`,
        `set it to ${callbackOf(team)}`,
      );
    },
  };
}

function sourceOf(own: string | undefined, waba: string | undefined): string {
  if (own !== undefined) return 'number';
  return waba === undefined ? 'app' : 'WABA';
}

/** Without what may stand in a query. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : 'another address';
}
