import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '@alur/bundle';
import { checkFlows } from '@alur/flow';
import { openStore, type Store } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import { aBundle, aTeam } from '../../../../test/support/bundle.ts';
import { replyFlow } from '../../../../test/support/flows.ts';
import { startRedis, type TestRedis } from '../../../../test/support/redis.ts';
import { createRunnerMetrics } from '../metrics.ts';
import type { CheckFlows } from './check-task.ts';
import { createFlowArchive } from './flow-archive.ts';
import { createTeamFlows, type TeamFlows } from './team-flows.ts';

let redis: TestRedis;
let store: Store;
let dir: string;

beforeEach(async () => {
  redis = await startRedis();
  store = await openStore({ url: redis.url, shards: 1 });
  dir = await mkdtemp(join(tmpdir(), 'alur-flows-'));
});
afterEach(async () => {
  await store.close();
  await redis.stop();
  await rm(dir, { recursive: true });
});

const checkHere: CheckFlows = ({ sources, strict }) =>
  Promise.resolve().then(() => checkFlows(sources, { strict }));

function flowsOf(check = checkHere): TeamFlows {
  return createTeamFlows({
    archive: createFlowArchive({ client: store.client, shards: 1, check }),
    check,
    logger: createLogger({ service: 'test', level: 'silent' }),
    metrics: createRunnerMetrics(createMetrics('test')),
  });
}

const folderOf = (team: string) => join(dir, team, 'flows');
async function write(team: string, text: string, file = 'say.ygtc'): Promise<void> {
  await mkdir(folderOf(team), { recursive: true });
  await writeFile(join(folderOf(team), file), text);
}
const bundleOf = (...teams: string[]): Bundle =>
  aBundle(teams.map((team) => aTeam('default', team, { flowsDir: folderOf(team) })));

describe('createTeamFlows()', () => {
  test('keeps the flows of a team whose new ones are faulty, and takes those of the others', async () => {
    const flows = flowsOf();
    await write('a', replyFlow('one'));
    await write('b', replyFlow('one'));
    await flows.load(bundleOf('a', 'b'));
    const [a, b] = [flows.get('default', 'a'), flows.get('default', 'b')];
    await write('a', 'name: [');
    await write('b', replyFlow('two'));
    await flows.load(bundleOf('a', 'b'));
    expect(flows.get('default', 'a')).toBe(a);
    expect(flows.get('default', 'b')?.hash).not.toBe(b?.hash);
    expect(flows.problems().get('default/a')).toMatch(/^runs its last good flows.*say\.ygtc:1:/);
    expect(flows.problems().has('default/b')).toBe(false);
  });

  test('does not take an emptied folder for flows, nor one that is gone', async () => {
    const flows = flowsOf();
    await write('a', replyFlow('one'));
    await flows.load(bundleOf('a'));
    const good = flows.get('default', 'a');
    await rm(join(folderOf('a'), 'say.ygtc'));
    await flows.load(bundleOf('a'));
    expect(flows.get('default', 'a')).toBe(good);
    expect(flows.problems().get('default/a')).toContain('there is no .ygtc file');
    await rm(folderOf('a'), { recursive: true });
    await flows.load(bundleOf('a'));
    expect(flows.get('default', 'a')).toBe(good);
    const restarted = flowsOf();
    await restarted.load(bundleOf('a'));
    expect(restarted.get('default', 'a')?.hash).toBe(good?.hash);
  });

  test('forgets a team that the bundle has no more', async () => {
    const flows = flowsOf();
    await write('a', replyFlow('one'));
    await write('b', replyFlow('one'));
    await flows.load(bundleOf('a', 'b'));
    await flows.load(bundleOf('b'));
    expect([flows.get('default', 'a'), flows.get('default', 'b')?.names]).toEqual([undefined, ['say']]);
  });

  test('says what keeps a team from a check, and goes on with the others', async () => {
    const flows = flowsOf(({ sources, strict }) => {
      if (sources.some(({ text }) => text.includes('two')))
        return Promise.reject(new Error('it took too long'));
      return checkHere({ sources, strict });
    });
    await write('a', replyFlow('two'));
    await write('b', replyFlow('one'));
    await flows.load(bundleOf('a', 'b'));
    expect(flows.problems()).toEqual(new Map([['default/a', 'has no flows to run: it took too long']]));
    expect(flows.get('default', 'b')?.names).toEqual(['say']);
  });

  test('ends with the bundle that it was asked for last, though the one before takes longer', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => (release = resolve));
    const flows = flowsOf(async (task) => {
      if (task.sources.some(({ text }) => text.includes('slow'))) await held;
      return checkHere(task);
    });
    await write('slow', replyFlow('slow'));
    await write('quick', replyFlow('quick'));
    const first = flows.load(bundleOf('slow'));
    const second = flows.load(bundleOf('quick'));
    // The second one would be there by now, if it were not to wait: others have loaded the same meanwhile, one after the other.
    for (let others = 0; others < 5; others += 1) await flowsOf(checkHere).load(bundleOf('quick'));
    release();
    await Promise.all([first, second]);
    expect([flows.get('default', 'slow'), flows.get('default', 'quick')?.names]).toEqual([
      undefined,
      ['say'],
    ]);
  });

  test('keeps a former set for whoever waits in it', async () => {
    const flows = flowsOf();
    await write('a', replyFlow('one'));
    await flows.load(bundleOf('a'));
    const former = flows.get('default', 'a')?.hash ?? '';
    await flows.keep('default', 'a', former);
    await write('a', replyFlow('two'));
    await flows.load(bundleOf('a'));
    expect(flows.get('default', 'a')?.hash).not.toBe(former);
    expect((await flows.pinned('default', 'a', former))?.hash).toBe(former);
    expect(await flows.pinned('default', 'a', 'never-there')).toBeUndefined();
  });
});
