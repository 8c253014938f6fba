import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { fencesOf, read, ROOT, tableOf } from '../docs/markdown.ts';
import { type AlurEmulator, startAlurEmulator } from './alur-emulator.ts';
import { type Control, controlOf } from './control.ts';

const run = promisify(execFile);

const PAGE = read('docs/emulator.md');
const rows = tableOf(PAGE, 'clients').map(([library = '', version = '']) => [
  library.replaceAll('`', ''),
  version,
]);

let emulator: AlurEmulator;
let control: Control;
beforeAll(async () => {
  emulator = await startAlurEmulator(['--seed', 'docs', '--status-delays', 'off']);
  const { GRAPH_BASE_URL: url, WHATSAPP_PHONE_NUMBER_ID: number } = emulator.environment;
  control = controlOf(url, number, '15550100001');
});
afterAll(() => emulator.stop());

describe('docs/emulator.md', () => {
  test('names the libraries of these tests with their versions', () => {
    const { devDependencies }: { devDependencies: Record<string, string> } = JSON.parse(read('package.json'));
    expect(rows).toHaveLength(2);
    expect(rows).toEqual(rows.map(([library = '']) => [library, devDependencies[library]]));
  });

  test.each(rows)('has an example of %s %s that sends', async (library) => {
    const example = fencesOf(PAGE).find(({ info }) => info === `js ${library}`)?.text ?? '';
    const env = { PATH: process.env['PATH'], ...emulator.environment };
    // In the root, where npm puts the libraries.
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', example], {
      cwd: ROOT,
      env,
    });
    expect(await control.sent(stdout.trim())).toMatchObject({
      to: '15550100001',
      body: { text: { body: 'Hello' } },
    });
  });
});
