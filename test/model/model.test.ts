import { describe, expect, test } from '@jest/globals';
import { figure } from '../support/figure.ts';
import { LONG_STATES, randomFrom, SEED, WALKS } from './chance.ts';
import { CONFIGURATIONS, LONG_CONFIGURATIONS } from './configurations.ts';
import type { Configuration } from './configuration.ts';
import { explore, type ExploreOptions } from './explore.ts';
import { withModelClock } from './script-text.ts';
import { sendingModel } from './sending-model.ts';
import { tellBroken, tellExplored } from './tell.ts';
import { TRACES, type Trace } from './traces.ts';
import { walk } from './walk.ts';
import { useRedis } from './use-redis.ts';

// Goes through every order of everything that can happen to a few messages, on the scripts as they are. How, and how far:
// docs/reliability.md, "Model check".

const MINUTES = 60_000;
const STATES_MOST = 60_000;
const CLOCK_WALKS = 10;
const CLOCK_STEPS = 60;

const redis = useRedis();

async function check(configuration: Configuration, how: ExploreOptions) {
  const explored = await explore(
    sendingModel(configuration, { redis: redis(), change: withModelClock }),
    how,
  );
  figure(tellExplored(configuration.name, explored));
  if (explored.broken) throw new Error(tellBroken(explored.broken));
  return explored;
}

describe('every order of events', () => {
  test.each(Object.values(CONFIGURATIONS).map((configuration) => ({ ...configuration })))(
    'keeps the rules: $name',
    async (configuration: Configuration) => {
      expect(await check(configuration, { most: STATES_MOST })).toMatchObject({ isComplete: true });
    },
    5 * MINUTES,
  );

  test.each(Object.values(LONG_CONFIGURATIONS).map((configuration) => ({ ...configuration })))(
    `keeps the rules in the first ${LONG_STATES} states and on ${WALKS} walks of seed ${SEED}: $name`,
    async (configuration: Configuration) => {
      await check(configuration, { most: LONG_STATES, walks: { count: WALKS, random: randomFrom(SEED) } });
    },
    60 * MINUTES,
  );
});

test.each(TRACES.map((trace) => ({ ...trace })))('a way once broken: $name', async (trace: Trace) => {
  await check(trace.configuration, { most: 0, trace: trace.path });
});

describe('the clock of the model', () => {
  // Traffic is sent "just now", by the clock that stands.
  const others = Object.values(CONFIGURATIONS).filter((configuration) => !('hasTraffic' in configuration));
  test.each(others.map((configuration) => ({ ...configuration })))(
    `comes to what a clock that goes comes to, on ${CLOCK_WALKS} walks of seed ${SEED}: $name`,
    async (configuration: Configuration) => {
      const random = randomFrom(SEED);
      for (let walks = 0; walks < CLOCK_WALKS; walks += 1) {
        const { path, standing, gone } = await walk(configuration, {
          redis: redis(),
          random,
          steps: CLOCK_STEPS,
        });
        expect({ path, contents: gone }).toEqual({ path, contents: standing });
      }
    },
    MINUTES,
  );
});
