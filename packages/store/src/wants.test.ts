import { describe, expect, test } from '@jest/globals';
import { useStore } from './testing/use-store.ts';
import { publishWants, readWants } from './wants.ts';

const store = useStore();
const team = { tenant: 'default', team: 'default' };

describe('readWants()', () => {
  test('tells what the flows of a team want, and nothing where nobody has said so', async () => {
    expect(await readWants(store.real, 0, team)).toEqual({ statuses: false });
    await publishWants(store.real, 0, team, { statuses: true });
    expect(await readWants(store.real, 0, team)).toEqual({ statuses: true });
    expect(await readWants(store.real, 0, { ...team, team: 'other' })).toEqual({ statuses: false });
    await publishWants(store.real, 0, team, { statuses: false });
    expect(await readWants(store.real, 0, team)).toEqual({ statuses: false });
  });
});
