import type { Bundle } from '@alur/bundle';
import { lastEmitted, shardOf, type RedisClient } from '@alur/store';
import type { Logger } from '@alur/telemetry';
import type { RunnerMetrics } from '../metrics.ts';
import { createWebCaller, type WebCallerDeps } from '../web/web-caller.ts';
import { serveSubscriber } from './serve-subscriber.ts';
import type { ServeDeps, Served } from './served.ts';

// Each subscriber is served by itself: a few calls at a time, and none waits for another. Their calls have a caller of their own, so
// that slow ones take no place of those that turns wait for.

const LOOK_EVERY_MS = 500;
/** One that has nothing to hear is looked at so often all the same, so that it is not forgotten. */
const LOOK_AGAIN_MS = 600_000;
/** Deliveries under way when we stop have this long to end. */
const GRACE_MS = 3_000;

export interface SubscribersDeps {
  client: RedisClient;
  shards: number;
  bundle: () => Bundle | undefined;
  /** Names this process. */
  owner: string;
  /** Whether the store and the bundle are there. */
  canWork: () => boolean;
  metrics: Pick<RunnerMetrics, 'deliveries'>;
  logger: Logger;
  /** How calls are made, beside what deliveries need. */
  calls?: WebCallerDeps;
}

export interface Subscribers {
  /** Ends the deliveries under way, after some seconds whatever they say, and gives back what is held. */
  stop(): Promise<void>;
}

/** What this process knows of a subscriber. */
interface Known {
  /** The bundle that it was opened with. */
  bundle: Bundle;
  /** The newest entry when nothing was left, and when that was. */
  idle?: { last: string; atMs: number };
  busy?: Promise<void>;
}

/** Tells the subscribers of all teams what flows emit, until it is stopped. Any number of runners may. */
export function startSubscribers(deps: SubscribersDeps): Subscribers {
  const known = new Map<string, Known>();
  const web = createWebCaller({ callsPerTenantMax: Infinity, ignoresBodies: true, ...deps.calls });
  let stop = false;
  let wake: () => void = () => undefined;
  const looking = (async () => {
    while (!stop) {
      if (deps.canWork()) await look({ ...deps, known, web, stopping: () => stop });
      if (!stop) await rest((now) => (wake = now));
    }
  })();
  return {
    stop: async () => {
      stop = true;
      wake();
      const late = setTimeout(() => web.close(), GRACE_MS);
      await looking;
      await Promise.all([...known.values()].flatMap(({ busy }) => busy ?? []));
      clearTimeout(late);
      web.close();
    },
  };
}

function rest(onStart: (wake: () => void) => void): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LOOK_EVERY_MS);
    onStart(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

interface LookDeps extends SubscribersDeps, Pick<ServeDeps, 'web' | 'stopping'> {
  known: Map<string, Known>;
}

async function look(deps: LookDeps): Promise<void> {
  const bundle = deps.bundle();
  if (!bundle) return;
  const all = subscribersOf(bundle, deps.shards);
  for (const shard of new Set(all.map((served) => served.shard))) {
    try {
      const last = await lastEmitted(deps.client, shard);
      for (const served of all) if (served.shard === shard) begin(served, bundle, last, deps);
    } catch (err) {
      deps.logger.warn({ shard, err }, 'subscribers.look_failed');
    }
  }
}

function subscribersOf(bundle: Bundle, shards: number): Served[] {
  return bundle.tenants
    .flatMap(({ teams }) => teams)
    .flatMap(({ tenant, id: team, subscribers }) =>
      subscribers.map(({ id: subscriber }) => ({ tenant, team, subscriber, shard: shardOf(tenant, shards) })),
    );
}

/** Goes on with a subscriber in the background, unless that is under way or there is nothing new. */
function begin(served: Served, bundle: Bundle, last: string, deps: LookDeps): void {
  const { known, logger } = deps;
  const key = `${served.tenant}/${served.team}/${served.subscriber}`;
  const before = known.get(key);
  if (before?.busy) return;
  const isOpen = before?.bundle === bundle;
  const { idle } = before ?? {};
  if (isOpen && idle?.last === last && performance.now() - idle.atMs < LOOK_AGAIN_MS) return;
  const now: Known = { bundle };
  known.set(key, now);
  now.busy = serveSubscriber(served, !isOpen, { ...deps, find: () => find(served, deps) })
    .then((state) => {
      if (state === 'idle') now.idle = { last, atMs: performance.now() };
    })
    .catch((err: unknown) => {
      // Whether it was opened is not known.
      known.delete(key);
      logger.warn(
        { tenant: served.tenant, team: served.team, subscriber: served.subscriber, err },
        'subscriber.failed',
      );
    })
    .finally(() => {
      delete now.busy;
    });
}

function find(served: Served, deps: LookDeps): ReturnType<ServeDeps['find']> {
  const team = deps
    .bundle()
    ?.tenants.find(({ id }) => id === served.tenant)
    ?.teams.find(({ id }) => id === served.team);
  const subscriber = team?.subscribers.find(({ id }) => id === served.subscriber);
  return team && subscriber && { team, subscriber };
}
