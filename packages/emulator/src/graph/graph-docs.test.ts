import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { WORDS } from '../account/token-calls.ts';
import { EmulatorOptions } from '../options.ts';
import { NUMBER } from '../testing/lab.ts';
import { wireEmulator } from '../wire-emulator.ts';
import { graphCalls } from './find-object.ts';

const page = readFileSync(new URL('../../../../docs/emulator-endpoints.md', import.meta.url), 'utf8');

test('docs/emulator-endpoints.md lists every call', () => {
  const deps = wireEmulator(EmulatorOptions.parse({ numbers: [NUMBER] }));
  const inside = page.split('<!-- calls -->')[1]?.split('<!-- /calls -->')[0] ?? '';
  const rows = [...inside.matchAll(/^\| (\w+) +\| `([A-Z]+(?: \w+)?)`/gm)].map(
    ([, about, call]) => `${about} ${call}`,
  );
  const { number, waba, template, media, app } = graphCalls(deps);
  const expected = [
    // Sends pass another way.
    'number POST messages',
    ...Object.keys(number).map((call) => `number ${call}`),
    ...Object.keys(waba).map((call) => `WABA ${call}`),
    ...Object.keys(template).map((call) => `template ${call}`),
    ...Object.keys(media).map((call) => `media ${call}`),
    ...Object.keys(app).map((call) => `app ${call}`),
    ...Object.keys(WORDS).map((word) => `words GET ${word}`),
  ];
  deps.queue.close();
  deps.clock.close();
  deps.arrivals.close();
  expect(rows.sort()).toEqual(expected.sort());
});
