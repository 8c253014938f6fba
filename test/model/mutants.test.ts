import { describe, expect, test } from '@jest/globals';
import { figure } from '../support/figure.ts';
import { explore } from './explore.ts';
import { MUTANTS, type Mutant } from './mutants.ts';
import { withFault } from './script-text.ts';
import { sendingModel } from './sending-model.ts';
import { tellBroken } from './tell.ts';
import { useRedis } from './use-redis.ts';

// That the model finds nothing means something only if it would: each fault here is put into a script, and has to be found.

const STATES_MOST = 60_000;

const redis = useRedis();

describe('the model finds the fault', () => {
  test.each(MUTANTS.map((mutant) => ({ ...mutant })))(
    '$name',
    async (mutant: Mutant) => {
      const { configuration, trace } = mutant;
      const most = trace ? 0 : STATES_MOST;
      const model = sendingModel(configuration, { redis: redis(), change: withFault(mutant) });
      const explored = await explore(model, { most, trace });
      const { broken, states, seconds } = explored;
      if (broken === undefined) throw new Error(`not found in ${states} states: ${mutant.name}`);
      figure(
        `${mutant.name}: found in ${states} states, ${seconds.toFixed(1)} s, ${broken.path.length} steps`,
      );
      // A script that cannot run breaks no rule.
      if (broken.isFailure) throw new Error(tellBroken(broken));
      expect(broken.rules).not.toEqual([]);
    },
    300_000,
  );

  test('and says so when the text to change is not there', () => {
    expect(() => withFault({ edits: [['claim.lua', 'no such text', '']] })).toThrow('not once in claim.lua');
  });
});
