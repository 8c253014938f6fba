import { shardOf } from '@alur/store';
import type { Bundle } from '@alur/bundle';
import { readAs } from '@alur/types';
import { z } from 'zod';
import { renderSpan } from '../../../moments.ts';
import { count } from '../../../report.ts';
import { seenRunners, seenSenders } from '../../../seen-services.ts';
import { fail, ok, once, skip, warn, type Check, type Verdict } from '../check.ts';
import { probe, wordsOf } from '../probe.ts';
import type { RedisVisit } from '../redis-visit.ts';

type Service = 'ingress' | 'flow-runner' | 'sender';

/** What an ops port says. */
interface Ops {
  url: string;
  /** Undefined: it cannot be reached, and `why` is why. */
  service: string | undefined;
  why: string;
  isReady: boolean;
  /** What is not ready. */
  details: string;
  metrics: string;
}

interface ServiceDeps {
  bundle: Bundle;
  redis: RedisVisit;
  /** As given; the usual ports of this machine when none was. */
  ops: readonly string[] | undefined;
  timeoutMs: number;
  redisChecks: readonly Check[];
}

const USUAL = ['http://127.0.0.1:9101', 'http://127.0.0.1:9102', 'http://127.0.0.1:9103'];

/** Whether the services run: by their ops ports, and by what Redis has seen of them. */
export function serviceChecks(deps: ServiceDeps): Check[] {
  const { redis, redisChecks, bundle } = deps;
  const needs = redisChecks.filter(({ id }) => id === 'redis.reachable' || id === 'redis.cluster');
  // BullMQ complains by itself about another policy, on standard error.
  const eviction = redisChecks.filter(({ id }) => id === 'redis.eviction');
  const asked = once(() =>
    Promise.all((deps.ops ?? USUAL).map((url) => askOps(url.replace(/\/+$/, ''), deps.timeoutMs))),
  );
  const own = async (service: Service) => (await asked()).filter((each) => each.service === service);
  const lost = async () => (deps.ops ? (await asked()).filter((each) => each.service === undefined) : []);
  return [
    {
      id: 'services.ingress',
      about: '',
      run: async () => opsVerdict(await own('ingress'), await lost()) ?? skip(UNSEEN),
    },
    {
      id: 'services.flow-runner',
      about: '',
      needs,
      run: async () => opsVerdict(await own('flow-runner'), []) ?? (await checkRunners(bundle, redis)),
    },
    {
      id: 'services.sender',
      about: '',
      needs: [...needs, ...eviction],
      run: async () => opsVerdict(await own('sender'), []) ?? (await checkSenders(redis)),
    },
    {
      id: 'intake.signatures',
      about: '',
      run: async () => signaturesVerdict((await own('ingress')).map(({ metrics }) => metrics)),
    },
  ];
}

const UNSEEN = 'no ops port of ingress was found: name it with --ops http://host:9101';

const Readiness = z.object({
  checks: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string().optional() })),
});

async function askOps(url: string, timeoutMs: number): Promise<Ops> {
  const metrics = await probe({ url: `${url}/metrics`, timeoutMs });
  const none = { url, service: undefined, isReady: false, details: '', metrics: '' };
  if (metrics.kind === 'failed') return { ...none, why: wordsOf(metrics.code) };
  const service = /^alur_build_info\{[^}]*service="([\w-]+)"/m.exec(metrics.body)?.[1];
  if (service === undefined) return { ...none, why: 'it is no ops port of Alur' };
  const ready = await probe({ url: `${url}/readyz`, timeoutMs });
  const text = ready.kind === 'answer' ? ready.body : '{}';
  const known = readAs(z.preprocess(parseJson, Readiness), text);
  const details = Object.entries(known.data?.checks ?? {})
    .filter(([, check]) => !check.ok)
    .map(([name, { detail }]) => `${name}: ${detail ?? 'no'}`);
  const isReady = ready.kind === 'answer' && ready.status === 200;
  return { url, service, why: '', isReady, details: details.join('; '), metrics: metrics.body };
}

function parseJson(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return undefined;
  }
}

/** What ops ports of a service say; undefined when there is none. */
function opsVerdict(own: readonly Ops[], lost: readonly Ops[]): Verdict | undefined {
  const late = own.find(({ isReady }) => !isReady);
  if (late) return fail(`${late.url} is not ready: ${late.details}`, 'mend what it names; its log says more');
  const [gone] = own.length === 0 ? lost : [];
  if (gone) return warn(`${gone.url}: ${gone.why}`, 'check --ops, and that the service runs');
  return own.length > 0 ? ok(`ready at ${own.map(({ url }) => url).join(', ')}`) : undefined;
}

async function checkRunners({ tenants }: Bundle, redis: RedisVisit): Promise<Verdict> {
  const shards = await redis.shards();
  const own = [...new Set(tenants.map(({ id }) => shardOf(id, shards)))];
  const { runners, idleMs } = await seenRunners({ client: redis.client, shards, own });
  if (runners > 0) return ok(`${count(runners, 'runner')} seen in the last minute`);
  const found = idleMs === undefined ? 'none has been seen' : `the last was seen ${renderSpan(idleMs)} ago`;
  return warn(found, 'start a flow-runner: without one nobody answers');
}

async function checkSenders(redis: RedisVisit): Promise<Verdict> {
  const senders = await seenSenders(await redis.queues());
  if (senders === undefined)
    return skip('this Redis does not tell who is connected: name an ops port with --ops');
  if (senders > 0) return ok(`${count(senders, 'sender')} connected to every tier's queue`);
  return warn('none is connected', 'start a sender: without one nothing is sent');
}

// Each run of this command makes one.
const FAILURES_MIN = 50;
const SHARE_MAX = 0.1;

/** Counts since the start of each ingress. */
function signaturesVerdict(metrics: readonly string[]): Verdict {
  if (metrics.length === 0) return skip(UNSEEN);
  const sum = (series: RegExp) =>
    metrics.reduce((total, text) => {
      const values = [...text.matchAll(series)].map(([, value]) => Number(value));
      return total + values.reduce((one, other) => one + other, 0);
    }, 0);
  const refused = sum(/^alur_webhook_signature_failures_total\{[^}]*\} (\d+)$/gm);
  const taken = sum(/^alur_http_requests_total\{route="webhook",code="200"\} (\d+)$/gm);
  const found = `${refused} refused and ${taken} taken since ingress started`;
  if (refused <= FAILURES_MIN || refused < (refused + taken) * SHARE_MAX) return ok(found);
  return warn(
    found,
    'compare `app_secret` with App settings, Basic, of the Meta app; a proxy that changes bodies does this, too',
  );
}
