import { readClusterState, readRedisVitals, type RedisVitals } from '@alur/store';
import type { Field } from '../../../render-fields.ts';
import type { Section } from '../section.ts';

// Where ingress begins to answer 503.
const FULL = 0.8;

export const redis: Section = {
  name: 'redis',
  read: async ({ place: { client, shards, isNew } }) => {
    const masters = await readRedisVitals(client);
    const state = await readClusterState(client);
    const cluster = state === undefined ? [] : [['cluster', state] satisfies Field];
    return {
      data: { shards: isNew ? null : shards, cluster: state ?? null, masters },
      fields: [...masters.map(fieldOf), ...cluster, ['shards', isNew ? 'none yet' : String(shards)]],
      problems: [
        ...(isNew ? ['no service has started with this Redis yet'] : []),
        ...(state === undefined || state === 'ok' ? [] : [`the Redis cluster is ${state}`]),
        ...masters.flatMap(problemsOf),
      ],
    };
  },
};

function fieldOf(vitals: RedisVitals): Field {
  const { node, version, usedBytes, maxBytes, policy, appendOnly, appendFsync, latencyMs } = vitals;
  const memory =
    maxBytes === 0
      ? `${megabytes(usedBytes)}, no limit`
      : `${megabytes(usedBytes)} of ${megabytes(maxBytes)}`;
  const disk = appendOnly === 'yes' ? `fsync ${appendFsync ?? 'unknown'}` : `not on disk`;
  const persistence = appendOnly === undefined ? 'disk unknown' : disk;
  return [
    node === '' ? 'server' : node,
    `${version}, ${memory}, ${policy}, ${persistence}, ${latencyMs.toFixed(1)} ms`,
  ];
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1_048_576)} MB`;
}

function problemsOf({ policy, usedBytes, maxBytes, isAofWell }: RedisVitals): string[] {
  return [
    ...(policy === 'noeviction' ? [] : [`Redis may drop keys (${policy})`]),
    ...(maxBytes > 0 && usedBytes / maxBytes >= FULL ? ['Redis is nearly full, so webhooks get 503'] : []),
    ...(isAofWell ? [] : ['Redis cannot write to its disk']),
  ];
}
