import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Bundle } from '@alur/bundle';
import { checkFlows } from '@alur/flow';
import { openStore, type Store } from '@alur/store';
import { createLogger, createMetrics } from '@alur/telemetry';
import type { TemplateDefinition } from '@alur/types';
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

const checkHere: CheckFlows = ({ sources, ...options }) =>
  Promise.resolve().then(() => checkFlows(sources, options));

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
    const flows = flowsOf((task) => {
      if (task.sources.some(({ text }) => text.includes('two')))
        return Promise.reject(new Error('it took too long'));
      return checkHere(task);
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

const templateFlow = (name: string) =>
  replyFlow('x').replace('{message: "x"}', `{template: {name: ${name}, language: en}}`);

function templatesOf(names: readonly string[], more: Partial<TemplateDefinition> = {}): TemplateDefinition[] {
  const shared = { id: '1', language: 'en', status: 'APPROVED', category: 'UTILITY' };
  const components = [{ type: 'BODY', text: 'Thank you.' }];
  return names.map((name) => ({ ...shared, name, components, ...more }));
}

describe('createTeamFlows() and pulled templates', () => {
  const withTemplates = (templates?: TemplateDefinition[]): Bundle =>
    aBundle([aTeam('default', 'a', { flowsDir: folderOf('a'), ...(templates && { templates }) })]);
  const state = (flows: TeamFlows) => [
    flows.get('default', 'a')?.hash,
    flows.problems().get('default/a')?.replace(/:.*/, ''),
  ];

  test('refuses new flows that do not fit, and goes on with those that do', async () => {
    const flows = flowsOf();
    await write('a', templateFlow('thanks'));
    await flows.load(withTemplates(templatesOf(['thanks'])));
    const [good] = state(flows);
    expect(state(flows)).toEqual([expect.any(String), undefined]);
    await write('a', templateFlow('thankss'));
    await flows.load(withTemplates(templatesOf(['thanks'])));
    expect(state(flows)).toEqual([good, 'runs its last good flows; the new ones are refused']);
    const restarted = flowsOf();
    await restarted.load(withTemplates(templatesOf(['thanks'])));
    expect(state(restarted)).toEqual([good, 'runs its last good flows; the new ones are refused']);
    await flows.load(withTemplates(templatesOf(['thanks', 'thankss'])));
    expect(state(flows)).toEqual([expect.not.stringMatching(good ?? ''), undefined]);
  });

  test.each<[string, TemplateDefinition[], string | undefined]>([
    ['rejected', templatesOf(['thanks'], { status: 'REJECTED' }), undefined],
    ['gone', templatesOf(['other']), 'runs flows that do not fit its templates'],
    [
      'another one',
      templatesOf(['thanks'], { components: [{ type: 'BODY', text: 'Thank you, {{1}}.' }] }),
      'runs flows that do not fit its templates',
    ],
  ])(
    'goes on with flows whose template was pulled as %s, on a new runner, too',
    async (_, templates, problem) => {
      const flows = flowsOf();
      await write('a', templateFlow('thanks'));
      await flows.load(withTemplates(templatesOf(['thanks'])));
      const [good] = state(flows);
      await flows.load(withTemplates(templates));
      expect(state(flows)).toEqual([good, problem]);
      await store.client.flushall();
      const fresh = flowsOf();
      await fresh.load(withTemplates(templates));
      expect(state(fresh)).toEqual([good, problem]);
      await flows.load(withTemplates());
      expect(state(flows)).toEqual([good, undefined]);
    },
  );

  test('takes new flows while a template of theirs is rejected: that is no fault of them', async () => {
    const flows = flowsOf();
    await write('a', templateFlow('thanks'));
    await flows.load(withTemplates(templatesOf(['thanks', 'sale'])));
    const [good] = state(flows);
    await write('a', templateFlow('sale'));
    await flows.load(withTemplates(templatesOf(['thanks', 'sale'], { status: 'DISABLED' })));
    expect(state(flows)).toEqual([expect.not.stringMatching(good ?? ''), undefined]);
  });

  test('refuses a file that the bundle does not have', async () => {
    const flows = flowsOf();
    await write('a', replyFlow('x').replace('{message: "x"}', '{media: {type: image, file: media/a.png}}'));
    await flows.load(withTemplates());
    expect(flows.problems().get('default/a')).toContain('E312');
    const problem = { file: 'media/a.png', message: 'the file is empty', fix: 'put the file there again' };
    await flows.load({ ...withTemplates(), mediaProblems: [problem] });
    expect(flows.problems().get('default/a')).toMatch(/E313.+the file is empty/);
    const file = {
      path: 'media/a.png',
      absolute: '/a.png',
      bytes: 5,
      mimeType: 'image/png',
      sha256: 'x',
      stamp: '1',
    };
    await flows.load({ ...withTemplates(), mediaFiles: new Map([['media/a.png', file]]) });
    expect(state(flows)).toEqual([expect.any(String), undefined]);
  });
});
