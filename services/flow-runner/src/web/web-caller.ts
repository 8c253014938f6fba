import type { Team } from '@alur/bundle';
import type { HttpRequest, HttpResult } from '@alur/types';
import { checkTarget } from './check-target.ts';
import { fillCall } from './fill-call.ts';
import { findAddresses, resolveHost, resolveOnce, type Resolve } from './find-addresses.ts';
import { Places } from './places.ts';
import { hiderOf, readBody, readHeaders } from './read-answer.ts';
import { openPools, sendCall, type Pools } from './send-call.ts';
import { toWebFailure, WebFailure } from './web-failure.ts';

/** Performs the calls that `http` nodes ask for. */
export interface WebCaller {
  /**
   * Makes a call, once. Never throws: why there is no answer is in the result, with a code of `WEB_FAILURE_CODES`. A result
   * with code `stopped` says nothing of the service and is not to be recorded.
   */
  perform(request: HttpRequest, team: CallingTeam): Promise<HttpResult>;
  /** Ends all calls; those under way, and later ones, come back as `stopped`. */
  close(): void;
}

/** What a call may use and where it may go. */
export type CallingTeam = Pick<Team, 'tenant' | 'httpAllow' | 'flowSecrets'>;

export interface WebCallerDeps {
  /** All addresses of a name; the machine's own way when left out. */
  resolve?: Resolve;
  /** Calls of one tenant at once. */
  callsPerTenantMax?: number;
  /** Certificate authorities in place of Node's own, in PEM. */
  ca?: string;
  /** For calls whose status says it all: whatever an answer's body is, it comes back as null. */
  ignoresBodies?: boolean;
}

const CALLS_PER_TENANT_MAX = 20;

export function createWebCaller(deps: WebCallerDeps = {}): WebCaller {
  const pools = openPools();
  const resolve = resolveOnce(deps.resolve ?? resolveHost);
  const places = new Places(deps.callsPerTenantMax ?? CALLS_PER_TENANT_MAX);
  const underWay = new Set<AbortController>();
  let isClosed = false;
  return {
    perform: async (request, team) => {
      const startedMs = performance.now();
      const end = new AbortController();
      const timer = setTimeout(() => {
        end.abort(new WebFailure('timeout', `no answer within ${request.timeoutMs} ms; try again later`));
      }, request.timeoutMs);
      underWay.add(end);
      if (isClosed) end.abort(stopped());
      const means = {
        ca: deps.ca,
        ignoresBodies: deps.ignoresBodies ?? false,
        resolve,
        pools,
        places,
        signal: end.signal,
      };
      const outcome = await call(request, team, means).catch((error: unknown) => failed(end.signal, error));
      clearTimeout(timer);
      underWay.delete(end);
      return { ...outcome, ms: Math.max(1, Math.round(performance.now() - startedMs)) };
    },
    close: () => {
      isClosed = true;
      for (const end of underWay) end.abort(stopped());
      pools.http.destroy();
      pools.https.destroy();
    },
  };
}

type Outcome =
  Omit<Extract<HttpResult, { kind: 'answer' }>, 'ms'> | Omit<Extract<HttpResult, { kind: 'failed' }>, 'ms'>;

interface Means {
  ca: string | undefined;
  ignoresBodies: boolean;
  resolve: Resolve;
  pools: Pools;
  places: Places;
  signal: AbortSignal;
}

async function call(request: HttpRequest, team: CallingTeam, means: Means): Promise<Outcome> {
  const { ca, ignoresBodies, resolve, pools, places, signal } = means;
  signal.throwIfAborted();
  const filled = fillCall(request, team.flowSecrets);
  const target = checkTarget(filled.url, team.httpAllow);
  const leave = await places.take(team.tenant, signal);
  try {
    const addresses = await findAddresses(target, resolve, signal);
    const { method } = request;
    const answer = await sendCall({ method, target, addresses, call: filled, pools, signal, ca });
    const hide = hiderOf(filled.secrets);
    const headers = readHeaders(answer.headers, hide);
    return {
      kind: 'answer',
      status: answer.status,
      headers,
      body: ignoresBodies ? null : readBody(answer.bytes, answer.contentType, hide),
    };
  } finally {
    leave();
  }
}

/** Whatever breaks off at the end of the time does so because of it. */
function failed(signal: AbortSignal, error: unknown): Outcome {
  const reason: unknown = signal.reason;
  const { code, message } =
    error instanceof WebFailure || !signal.aborted ? toWebFailure(error) : toWebFailure(reason);
  return { kind: 'failed', code, message };
}

function stopped(): WebFailure {
  return new WebFailure('stopped', 'the runner stops; the call is made again when the turn is');
}
