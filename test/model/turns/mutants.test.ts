import { describe, expect, test } from '@jest/globals';
import { figure } from '../../support/figure.ts';
import { explore } from '../explore.ts';
import { withFault } from '../script-text.ts';
import { tellBroken } from '../tell.ts';
import { TURNS_MUTANTS, type TurnsMutant } from './mutants.ts';
import { turnsModel } from './turns-model.ts';
import { useRedis } from '../use-redis.ts';

// That the model finds nothing means something only if it would: each fault here is put into a script, and has to be found.

const STATES_MOST = 20_000;
const redis = useRedis();

describe('the model of turns finds the fault', () => {
  test.each(TURNS_MUTANTS.map((mutant) => ({ ...mutant })))(
    '$name',
    async (mutant: TurnsMutant) => {
      const model = turnsModel(mutant.configuration, { redis: redis(), change: withFault(mutant) });
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
