import { describe, expect, test } from '@jest/globals';
import { figure } from '../../support/figure.ts';
import { LONG_STATES, randomFrom, SEED, TURNS_WALKS } from '../chance.ts';
import { explore, type ExploreOptions } from '../explore.ts';
import { withModelClock } from '../script-text.ts';
import { tellBroken, tellExplored } from '../tell.ts';
import type { TurnsConfiguration } from './configuration.ts';
import { LONG_TURNS_CONFIGURATIONS, TURNS_CONFIGURATIONS } from './configurations.ts';
import { turnsModel } from './turns-model.ts';
import { useRedis } from '../use-redis.ts';

// Goes through every order of everything that can happen to a few messages, waits and timers, on the scripts as they are. How,
// and how far: docs/reliability.md, "Model check".

const MINUTES = 60_000;
const STATES_MOST = 60_000;
const redis = useRedis();

async function check(configuration: TurnsConfiguration, how: ExploreOptions) {
  const explored = await explore(turnsModel(configuration, { redis: redis(), change: withModelClock }), how);
  figure(tellExplored(configuration.name, explored));
  if (explored.broken) throw new Error(tellBroken(explored.broken));
  return explored;
}

describe('every order of messages, turns and timers', () => {
  test.each(Object.values(TURNS_CONFIGURATIONS).map((configuration) => ({ ...configuration })))(
    'keeps the rules: $name',
    async (configuration: TurnsConfiguration) => {
      expect(await check(configuration, { most: STATES_MOST })).toMatchObject({ isComplete: true });
    },
    5 * MINUTES,
  );

  test.each(Object.values(LONG_TURNS_CONFIGURATIONS).map((configuration) => ({ ...configuration })))(
    `keeps the rules in the first ${LONG_STATES} states and on ${TURNS_WALKS} walks of seed ${SEED}: $name`,
    async (configuration: TurnsConfiguration) => {
      await check(configuration, {
        most: LONG_STATES,
        walks: { count: TURNS_WALKS, random: randomFrom(SEED) },
      });
    },
    60 * MINUTES,
  );
});
