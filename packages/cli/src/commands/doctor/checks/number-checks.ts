import type { BusinessNumber } from '@alur/bundle';
import { THROUGHPUT_DEFAULT, THROUGHPUT_MAX } from '@alur/types';
import { z } from 'zod';
import { fail, ok, once, skip, warn, type Check, type Verdict } from '../check.ts';
import { TIER_OF_LIMIT, type Visit } from '../visit.ts';
import { askGraph, type Asked } from './ask-graph.ts';
import type { Token } from './token-checks.ts';

// Source: Meta, "GET /{phone_number_id}".
const FIELDS = [
  'verified_name',
  'quality_rating',
  'code_verification_status',
  'platform_type',
  'status',
  'throughput',
  'whatsapp_business_manager_messaging_limit',
  'health_status',
  'webhook_configuration',
].join(',');

const NumberInfo = z.object({
  verified_name: z.string().optional(),
  quality_rating: z.string().optional(),
  code_verification_status: z.string().optional(),
  platform_type: z.string().optional(),
  status: z.string().optional(),
  throughput: z.object({ level: z.string().optional() }).optional(),
  whatsapp_business_manager_messaging_limit: z.string().optional(),
  health_status: z.object({ can_send_message: z.string().optional() }).optional(),
  webhook_configuration: z
    .object({
      phone_number: z.string().optional(),
      whatsapp_business_account: z.string().optional(),
      application: z.string().optional(),
    })
    .optional(),
});
type NumberInfo = z.infer<typeof NumberInfo>;

/** What Meta says of a number, asked once. */
export interface KnownToMeta {
  known: Check;
  info: () => Promise<Asked<NumberInfo>>;
  checks: Check[];
}

export function numberChecks(number: BusinessNumber, token: Token, visit: Visit): KnownToMeta {
  const about = `number ${number.id}`;
  const question = { path: number.id, token: token.value, query: { fields: FIELDS }, schema: NumberInfo };
  const info = once(() => askGraph(visit, question));
  const known: Check = {
    id: 'number.known',
    about,
    needs: [token.accepted],
    run: async () => knownVerdict(await info()),
  };
  const of = (id: Check['id'], needs: Check[], judge: (said: NumberInfo) => Verdict): Check => ({
    id,
    about,
    needs,
    run: async () => {
      const asked = await info();
      return asked.kind === 'ok' ? judge(asked.answer) : skip(asked.why);
    },
  });
  const registered = of('number.registered', [known], registeredVerdict);
  return {
    known,
    info,
    checks: [
      known,
      registered,
      of('number.health', [registered], healthVerdict),
      of('number.tier', [known], (said) => tierVerdict(said, number)),
      of('number.throughput', [known], (said) => throughputVerdict(said, number)),
    ],
  };
}

function knownVerdict(asked: Asked<NumberInfo>): Verdict {
  if (asked.kind === 'ok') {
    const { verified_name: name } = asked.answer;
    return ok(name === undefined ? 'it does' : `it is "${name}"`);
  }
  const fix = 'check `phone_number_id`, and give the system user of the token the right to its WABA';
  return fail(asked.why, fix);
}

const REGISTER =
  'register it: POST /{phone_number_id}/register with a PIN, or WhatsApp Manager, Phone numbers';

function registeredVerdict({
  platform_type: platform,
  status,
  code_verification_status: code,
}: NumberInfo): Verdict {
  if (platform !== undefined && platform !== 'CLOUD_API')
    return fail(`it is not registered for the Cloud API (${platform})`, REGISTER);
  if (status !== undefined && status !== 'CONNECTED') return fail(`it is ${status}, not CONNECTED`, REGISTER);
  if (code === 'NOT_VERIFIED')
    return warn(
      'nobody has proven that it is yours (NOT_VERIFIED)',
      'verify it in WhatsApp Manager, Phone numbers',
    );
  return ok(status === undefined ? 'registered' : `registered, ${status}`);
}

function healthVerdict({ health_status: health, quality_rating: quality = 'UNKNOWN' }: NumberInfo): Verdict {
  const can = health?.can_send_message ?? 'AVAILABLE';
  const found = `sending ${can}, quality ${quality}`;
  if (can === 'BLOCKED') return fail(found, 'WhatsApp Manager says why: Account overview, and Phone numbers');
  if (can === 'LIMITED') return warn(found, 'WhatsApp Manager says why: Account overview, and Phone numbers');
  if (quality === 'RED' || quality === 'YELLOW')
    return warn(
      found,
      'contacts block or report what it sends: write less, and only to those who asked for it',
    );
  return ok(found);
}

function tierVerdict(
  { whatsapp_business_manager_messaging_limit: limit }: NumberInfo,
  { id, tier }: BusinessNumber,
): Verdict {
  if (limit === undefined) return skip('Meta does not tell its limit');
  const meant = TIER_OF_LIMIT.get(limit);
  if (meant === tier) return ok(`${limit}, \`tier: ${tier}\``);
  const fix =
    meant === undefined
      ? 'see in WhatsApp Manager what it means, and set `tier` to the next lower one'
      : `set \`tier: ${JSON.stringify(meant)}\` for number ${id} in bundle.yaml`;
  return warn(`Meta says ${limit}, bundle.yaml says \`tier: ${tier}\``, fix);
}

function throughputVerdict(
  { throughput }: NumberInfo,
  { id, throughput: configured }: BusinessNumber,
): Verdict {
  const level = throughput?.level;
  if (level !== 'HIGH' && level !== 'STANDARD') return skip('Meta does not tell how fast it may send');
  const most = level === 'HIGH' ? THROUGHPUT_MAX : THROUGHPUT_DEFAULT;
  const found = `Meta lets it send ${most} a second (${level}), bundle.yaml says ${configured}`;
  if (configured <= most) return ok(found);
  return warn(found, `set \`throughput: ${most}\` for number ${id} in bundle.yaml`);
}
