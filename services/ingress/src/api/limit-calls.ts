import type { ServerResponse } from 'node:http';
import { shardOf, spendCall } from '@alur/store';
import type { ApiAnswer } from './api-answer.ts';
import type { ApiCall, ApiDeps } from './route.ts';

/** A caller who was quiet for so long may make all the calls of that time at once. */
const BURST_S = 5;

/** Spends one call of the key, and tells in the answer's fields what is left. The answer when there is none. */
export async function limitCalls(
  { team, key, response }: ApiCall,
  { client, shards, logger }: Pick<ApiDeps, 'client' | 'shards' | 'logger'>,
): Promise<ApiAnswer | undefined> {
  const { tenant, id, limits } = team;
  const perSecond = limits.apiPerSecond;
  const burst = Math.max(1, Math.floor(perSecond * BURST_S));
  const shard = shardOf(tenant, shards);
  const caller = { tenant, team: id, key: key.name };
  // Whether Redis is there is asked where something is stored: it is no reason to refuse what needs nothing of it.
  const spent = await spendCall(client, shard, caller, { perSecond, burst }).catch((err: unknown) => {
    logger.warn({ err, tenant, team: id }, 'api.limit_failed');
    return undefined;
  });
  if (spent === undefined) return undefined;
  const resetS = Math.ceil(spent.fullMs / 1000);
  tell(response, { burst, left: spent.left, resetS });
  if (spent.spent) return undefined;
  const message = `This key may make ${perSecond} calls a second to this team, and ${burst} at once`;
  const room = { limit: 'api_per_second', per_second: perSecond, at_once: burst, left: 0 };
  return {
    status: 429,
    body: { error: { code: 'too_many_requests', message }, room },
    retryAfterS: Math.max(1, Math.ceil(spent.waitMs / 1000)),
  };
}

/** As the IETF's draft "RateLimit header fields for HTTP" has them now, and as its first versions had them, which more clients know. */
function tell(
  response: ServerResponse,
  { burst, left, resetS }: { burst: number; left: number; resetS: number },
): void {
  response.setHeader('ratelimit-policy', `"calls";q=${burst};w=${BURST_S}`);
  response.setHeader('ratelimit', `"calls";r=${left};t=${resetS}`);
  response.setHeader('ratelimit-limit', String(burst));
  response.setHeader('ratelimit-remaining', String(left));
  response.setHeader('ratelimit-reset', String(resetS));
}
