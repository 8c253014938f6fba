import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flowsOf } from './flows.ts';

// Three tenants with the same two teams. What may collide does: contacts, wamids, keys, names of flows, tags, subscribers and
// templates. What the rules keep apart differs by one digit or letter: numbers, WABAs, tokens and secrets.

const TENANTS = ['alpha', 'beta', 'gamma'] as const;
const TEAMS = ['sales', 'care'] as const;
const NUMBERS_EACH = 2;

/** A team as the world outside knows it. */
export interface Party {
  tenant: string;
  team: string;
  /** `alpha.sales`: stands in every text of its own as `MK<mark>:`. */
  mark: string;
  numbers: readonly string[];
  waba: string;
  appSecret: string;
  verifyToken: string;
  apiKey: string;
  flowSecret: string;
  subscriberSecret: string;
  /** Its numbers are at their limits all the time. */
  limited: boolean;
}

export function makeParties(limited: string): Party[] {
  return TEAMS.flatMap((team, teamIndex) =>
    TENANTS.map((tenant, tenantIndex) => {
      const place = teamIndex * TENANTS.length + tenantIndex;
      const mark = `${tenant}.${team}`;
      // Neighbours belong to different tenants.
      const numbers = Array.from({ length: NUMBERS_EACH }, (_, index) =>
        String(700_000_000_000_000 + index * 6 + place),
      );
      return {
        tenant,
        team,
        mark,
        numbers,
        waba: String(800_000_000_000_000 + place),
        appSecret: `app-secret-of-one-app-number-${place}`,
        verifyToken: `verify-token-${place}`,
        apiKey: `api-key-of-24-characters-${place}`,
        flowSecret: `flow-secret-${place}`,
        subscriberSecret: `subscriber-secret-${place}`,
        limited: tenant === limited,
      };
    }),
  );
}

/** What a number sends with. */
export function tokenOf(number: string): string {
  return `token-${number}`;
}

/** Every mark in a text. */
export function marksIn(text: string): string[] {
  return [...text.matchAll(/MK([a-z]+\.[a-z]+):/g)].map(([, mark]) => mark ?? '');
}

export interface Places {
  dir: string;
  graphUrl: string;
  webUrl: string;
  webhookUrl: string;
}

/** Writes the bundle of all parties, with `comment` in its flows: another one makes other flows. */
export async function writeBundle(parties: readonly Party[], places: Places, comment: string): Promise<void> {
  const tenants = TENANTS.map((id) => ({
    id,
    fallback_message: `fallback of ${id}`,
    limits: { api_per_second: 10_000, waiting: 1_000_000 },
    opt_out: { confirmation: `stopped at ${id}`, confirmation_in: `started at ${id}` },
    teams: parties.filter(({ tenant }) => tenant === id).map((party) => teamEntry(party, places)),
  }));
  await mkdir(join(places.dir, 'secrets'), { recursive: true });
  for (const party of parties) {
    await mkdir(join(places.dir, 'flows', party.mark), { recursive: true });
    for (const [name, text] of Object.entries(flowsOf(party, places.webUrl))) {
      await writeFile(join(places.dir, 'flows', party.mark, name), `# ${comment}\n${text}`);
    }
    await mkdir(join(places.dir, 'secrets', party.tenant), { recursive: true });
    const path = join(places.dir, 'secrets', party.tenant, `${party.team}.json`);
    await writeFile(path, JSON.stringify(secretsOf(party)), { mode: 0o600 });
  }
  const file = { graph_base_url: places.graphUrl, tenants };
  await writeFile(join(places.dir, 'bundle.yaml'), JSON.stringify(file));
}

function teamEntry(
  { team, mark, waba, numbers, tenant, limited }: Party,
  { webUrl, webhookUrl }: Places,
): object {
  return {
    id: team,
    enabled: true,
    public_base_url: webhookUrl,
    business_account_id: waba,
    flows: `flows/${mark}`,
    http: { allow: [webUrl] },
    // Each event is a call: one team of a tenant hears all of them.
    subscribers: [
      {
        id: 'crm',
        url: `${webUrl}/subscriber/${tenant}/${team}`,
        events: team === 'care' ? ['*'] : ['order.*', 'contact.*', 'message.read', 'message.failed'],
      },
    ],
    numbers: numbers.map((id) => ({
      phone_number_id: id,
      api_version: 'v25.0',
      ...(limited
        ? { tier: '250', tier_counts: 'all', throughput: 2 }
        : { tier: 'unlimited', throughput: 1_000 }),
    })),
  };
}

function secretsOf(party: Party): object {
  const { appSecret, verifyToken, apiKey, flowSecret, subscriberSecret, numbers } = party;
  return {
    verify_token: verifyToken,
    app_secret: appSecret,
    access_tokens: Object.fromEntries(numbers.map((number) => [number, tokenOf(number)])),
    api_keys: [{ name: 'shop', key: apiKey }],
    flow_secrets: { key: flowSecret },
    subscriber_secrets: { crm: subscriberSecret },
  };
}
