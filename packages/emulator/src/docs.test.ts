import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { ACCOUNT_EVENTS } from './control/account-events.ts';
import { controlApi } from './control/control-api.ts';
import { INBOUND_TYPES } from './inbound/inbound-message.ts';
import { EmulatorOptions, Fault, LIMIT_NAMES } from './index.ts';
import { limitFailure } from './limits/limit-refusal.ts';
import { makeNumber } from './make-number.ts';
import { NUMBER } from './testing/lab.ts';
import { wireEmulator } from './wire-emulator.ts';

const page = readFileSync(new URL('../../../docs/emulator.md', import.meta.url), 'utf8');

/** The rows of the table between two markers, without its head; cells lose their backticks. */
function rowsOf(name: string): string[][] {
  const inside = page.split(`<!-- ${name} -->`)[1]?.split(`<!-- /${name} -->`)[0] ?? '';
  const lines = inside.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const plain = (cell: string | undefined) => cell?.replaceAll('`', '');

describe('docs/emulator.md', () => {
  test('lists every fault, with exactly the members that it takes', () => {
    const rows = rowsOf('faults').map(([kind, , , members = '']) => [
      plain(kind),
      [...members.matchAll(/`(\w+)`/g)].map(([, member]) => member).sort(),
    ]);
    const expected = Fault.options.map(({ shape }) => [
      shape.kind.value,
      Object.keys(shape)
        .filter((key) => key !== 'kind')
        .sort(),
    ]);
    expect(rows).toEqual(expected);
  });

  test('shows the number of `--seed dev`, so that its examples run as they stand', () => {
    const { displayNumber, id, wabaId, accessToken, appSecret, verifyToken } = makeNumber('dev');
    for (const shown of [displayNumber, id, wabaId, accessToken, appSecret, verifyToken])
      expect(page).toContain(shown);
    const used = [...page.matchAll(/"number": "([^"]+)"|\/v25\.0\/([0-9]+)\//g)].map(
      (hit) => hit[1] ?? hit[2],
    );
    expect(used.length).toBeGreaterThan(5);
    expect([id, wabaId]).toEqual(expect.arrayContaining([...new Set(used)]));
  });

  test('lists every limit, with its code', () => {
    const rows = rowsOf('limits').map(([, name, , , code]) => [plain(name), Number(code)]);
    expect(rows).toEqual(LIMIT_NAMES.map((name) => [name, limitFailure(name).code]));
  });

  test('lists every call of the control API, and none that there is not', () => {
    const deps = wireEmulator(EmulatorOptions.parse({ numbers: [NUMBER] }));
    const stack = Stack.parse(controlApi(deps).stack);
    const calls = stack.flatMap(({ route }) =>
      Object.keys(route?.methods ?? {}).map(
        (method) => `${method.toUpperCase()} /_emulator${route?.path ?? ''}`,
      ),
    );
    deps.queue.close();
    deps.clock.close();
    deps.arrivals.close();
    const listed = rowsOf('control').map(([call]) => plain(call));
    expect(listed.toSorted()).toEqual(['GET /chat', ...calls].toSorted());
  });

  test('lists every type of message that a contact can send', () => {
    const types = rowsOf('inbound').flatMap(([type = '']) =>
      [...type.matchAll(/`(\w+)`/g)].map(([, name]) => name),
    );
    expect(types.toSorted()).toEqual(INBOUND_TYPES.toSorted());
  });

  test('lists every ready-made piece of news, with its field', () => {
    const rows = rowsOf('events').map(([event, field]) => [plain(event), plain(field)]);
    expect(rows).toEqual(Object.entries(ACCOUNT_EVENTS).map(([event, { field }]) => [event, field]));
  });
});

/** Routes of an express router, as far as they are told. */
const Stack = z.array(
  z.looseObject({
    route: z.looseObject({ path: z.string(), methods: z.record(z.string(), z.boolean()) }).optional(),
  }),
);
