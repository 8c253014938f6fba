import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { figure } from '../../support/figure.ts';
import { startRedis, type TestRedis } from '../../support/redis.ts';
import { explore } from '../explore.ts';
import { withFault } from '../script-text.ts';
import { tellBroken } from '../tell.ts';
import { TURNS_MUTANTS, type TurnsMutant } from './mutants.ts';
import { turnsModel } from './turns-model.ts';

// That the model finds nothing means something only if it would: each fault here is put into a script, and has to be found.

const STATES_MOST = 20_000;
let server: TestRedis;
let redis: Redis;

beforeAll(async () => {
  server = await startRedis();
  redis = new Redis(server.url, { enableAutoPipelining: true });
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

describe('the model of turns finds the fault', () => {
  test.each(TURNS_MUTANTS.map((mutant) => ({ ...mutant })))(
    '$name',
    async (mutant: TurnsMutant) => {
      const model = turnsModel(mutant.configuration, { redis, change: withFault(mutant) });
      const { broken, states, transitions } = await explore(model, { most: STATES_MOST });
      if (broken === undefined) throw new Error(`not found in ${states} states: ${mutant.name}`);
      const { length } = broken.path;
      figure(`${mutant.name}: found in ${states} states, ${transitions} transitions, ${length} steps`);
      // A script that cannot run breaks no rule.
      if (broken.isFailure) throw new Error(tellBroken(broken));
      expect(broken.rules.join('\n')).toMatch(mutant.breaks);
    },
    300_000,
  );
});
