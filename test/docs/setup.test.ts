import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { findTeam, readBundle } from '@alur/bundle';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCli, type Io } from '@alur/cli';
import { Answers } from '../../packages/bundle/src/answers.ts';
import * as file from '../../packages/bundle/src/bundle-file.ts';
import { documents, fencesOf, read, tableOf } from './markdown.ts';

let cwd: string;
let said: string[];
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'alur-docs-'));
  said = [];
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const io = (): Io => ({
  stdout: { write: (text) => said.push(text) },
  stderr: { write: (text) => said.push(text) },
  stdin: Readable.from([]),
  env: {},
  isTTY: false,
  cwd,
  untilStopped: () => Promise.resolve(),
});

const answers = fencesOf(read('README.md')).find(({ info }) => info === 'json answers')?.text ?? '';

/** The words behind `gtc` or `npx alur` in a document, without what a shell adds. */
function commandsIn(document: string): string[][] {
  const text = read(document).matchAll(/(?:^|`|\s)(?:npx )?(?:alur|gtc) ((?:[a-z-]+)(?: [^`\n#|]+)?)/g);
  return [...text].map(([, words = '']) => words.trim().split(/\s+/));
}

describe('commands in the documents', () => {
  test('the setup of README.md makes a bundle from the answers that stand there', async () => {
    const line = /gtc (setup --answers answers\.json \.\/my-bundle)/.exec(read('README.md'))?.[1] ?? '';
    await writeFile(join(cwd, 'answers.json'), answers);
    expect(await runCli(line.split(' '), io())).toBe(0);
    const team = findTeam(await readBundle(join(cwd, 'my-bundle')), 'default', 'default');
    expect(team?.appSecrets).toHaveLength(1);
    expect(said.join('')).toContain('https://your-domain.ngrok-free.app/webhook/whatsapp/default/default');
    // The page has no value of anybody's, and that is all that is said against it.
    expect(said.join('').match(/warning: .*/g)).toEqual([expect.stringContaining('look like placeholders')]);
  });

  test('the bundle that it makes has flows without a finding', async () => {
    await writeFile(join(cwd, 'answers.json'), answers);
    await runCli(['setup', '--answers', 'answers.json', './my-bundle'], io());
    said = [];
    expect(await runCli(['validate', './my-bundle'], io())).toBe(0);
    expect(said.join('')).toContain('1 file: 0 errors, 0 warnings');
  });

  test.each(documents())('%s: every command that it shows exists, with its options', async (document) => {
    for (const words of commandsIn(document)) {
      const firstOption = words.findIndex((word) => word.startsWith('-'));
      // With the words behind it, since some commands have commands of their own.
      const command = (firstOption < 0 ? words : words.slice(0, firstOption)).join(' ');
      said = [];
      await runCli([...command.split(' '), '--help'], io());
      const help = said.join('');
      expect({ document, command, help }).toEqual({
        document,
        command,
        help: expect.stringContaining('Usage'),
      });
      expect(help).not.toContain('unknown command');
      // A word that is no command of a group gets the group's own help.
      if (help.includes('\nCommands:')) expect(/^Usage: alur ([a-z -]+?) \[/.exec(help)?.[1]).toBe(command);
      for (const option of words.filter((word) => word.startsWith('--'))) {
        expect({ document, command, help }).toEqual({
          document,
          command,
          help: expect.stringContaining(option),
        });
      }
    }
  });
});

describe('docs/deploy.md', () => {
  test('lists exactly the keys of the answers, and which are required', () => {
    const rows = tableOf(read('docs/deploy.md'), 'answers').map(([key = '', required = '']) => [
      key,
      required,
    ]);
    const expected = Object.entries(Answers.shape).map(([key, schema]) => [
      `\`${key}\``,
      schema.safeParse(undefined).success ? '' : 'yes',
    ]);
    expect(rows.sort()).toEqual(expected.sort());
  });

  test('lists exactly the keys of bundle.yaml, and which are needed', () => {
    const shapes = {
      bundle: file.BundleFile.shape,
      '`on_unknown`': file.OnUnknownEntry.shape,
      code: file.GraphErrorEntry.shape,
      tenant: file.TenantEntry.shape,
      '`opt_out`': file.OptOutEntry.shape,
      '`limits`': file.LimitsEntry.shape,
      team: file.TeamEntry.shape,
      '`http`': file.HttpEntry.shape,
      '`subscribers`': file.SubscriberEntry.shape,
      number: file.NumberEntry.shape,
    };
    const expected = Object.entries(shapes).flatMap(([of, shape]) =>
      Object.entries(shape).map(([key, schema]) => [`\`${key}\``, of, !schema.safeParse(undefined).success]),
    );
    const rows = tableOf(read('docs/deploy.md'), 'bundle keys').map(([key, of, otherwise]) => [
      key,
      of,
      otherwise === 'needed',
    ]);
    expect(rows.sort()).toEqual(expected.sort());
  });

  test('has an example of answers for several teams, which setup takes', async () => {
    const text = fencesOf(read('docs/deploy.md')).find(({ info }) => info === 'yaml answers')?.text ?? '';
    const env = { SHOP_TOKEN: 'EAA1', HELP_TOKEN: 'EAA2', VERIFY_TOKEN: 'v', APP_SECRET: 's' };
    await writeFile(join(cwd, 'answers.yaml'), text);
    expect(await runCli(['setup', '--answers', 'answers.yaml', 'b'], { ...io(), env })).toBe(0);
    const teams = (await readBundle(join(cwd, 'b'))).tenants.flatMap((tenant) => tenant.teams);
    expect(teams.map(({ id, appSecrets }) => [id, ...appSecrets])).toEqual([
      ['shop', 's'],
      ['help', 's'],
    ]);
  });

  test('has a way from emitted answers to a bundle that works as it stands there, and then with keys', async () => {
    const [, emit = '', assigned = '', setup = ''] =
      /gtc (setup my-bundle --emit-answers \S+)\n(ALUR_[^]*?) npx gtc (setup [^\n]+)/.exec(
        read('docs/deploy.md'),
      ) ?? [];
    const env = Object.fromEntries(
      [...assigned.matchAll(/(ALUR_\w+)=(\S+)/g)].map(([, name, value]) => [name, value]),
    );
    expect(await runCli(emit.split(' '), io())).toBe(0);
    expect(await runCli(setup.split(' '), { ...io(), env })).toBe(0);
    const keys = [...read('docs/deploy.md').matchAll(/npx alur (keys (?:add|list|revoke) my-bundle[^\n]*)/g)];
    expect(keys).toHaveLength(3);
    for (const [, line = ''] of keys) expect([line, await runCli(line.split(' '), io())]).toEqual([line, 0]);
  });

  test('has an example of bundle.yaml that is read, and means what the page says', async () => {
    const text = fencesOf(read('docs/deploy.md')).find(({ info }) => info === 'yaml bundle')?.text ?? '';
    const access_tokens = { '100000000000001': 'one', '100000000000002': 'two' };
    await mkdir(join(cwd, 'secrets/acme'), { recursive: true });
    await writeFile(join(cwd, 'bundle.yaml'), text);
    await writeFile(
      join(cwd, 'secrets/acme/sales.json'),
      JSON.stringify({ verify_token: 'v', access_tokens }),
      { mode: 0o600 },
    );
    const bundle = await readBundle(cwd);
    expect(bundle).toMatchObject({
      recordKeepS: 14 * 86_400,
      onUnknown: { reply: 'retry_once', notification: 'park', broadcast: 'park' },
    });
    expect([...bundle.errors.keys()]).toEqual([131016, 131026, 139999]);
    const team = findTeam(bundle, 'acme', 'sales');
    expect(team?.optOut.words.stop).toEqual(expect.arrayContaining(['STOP', 'BERHENTI', 'tidak usah']));
    expect(team).toMatchObject({ locale: 'id-ID', limits: { apiPerSecond: 20, waiting: 100_000 } });
    expect(team?.numbers.map(({ portfolio, tierScope }) => [portfolio, tierScope])).toEqual([
      ['300000000000001', 'portfolio'],
      ['300000000000001', 'portfolio'],
    ]);
  });
});
