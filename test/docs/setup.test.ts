import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { findTeam, readBundle } from '@alur/bundle';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runCli, type Io } from '@alur/cli';
import { documents, fencesOf, read } from './markdown.ts';

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
    expect(said.join('')).not.toContain('warning');
  });

  test('the bundle that it makes has flows without a finding', async () => {
    await writeFile(join(cwd, 'answers.json'), answers);
    await runCli(['setup', '--answers', 'answers.json', './my-bundle'], io());
    said = [];
    expect(await runCli(['validate', './my-bundle'], io())).toBe(0);
    expect(said.join('')).toContain('1 file: 0 errors, 0 warnings');
  });

  test.each(documents())('%s: every command that it shows exists, with its options', async (document) => {
    for (const [command = '', ...words] of commandsIn(document)) {
      said = [];
      await runCli([command, '--help'], io());
      const help = said.join('');
      expect({ document, command, help }).toEqual({
        document,
        command,
        help: expect.stringContaining('Usage'),
      });
      expect(help).not.toContain('unknown command');
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
