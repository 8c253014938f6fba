import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { ConfigError, readConfig, type ConfigSchema } from './read-config.ts';

interface Sample {
  PORT: number;
  REDIS_URL: string;
}

// The shape that zod answers with, by hand: telemetry does not depend on zod.
const schema: ConfigSchema<Sample> = {
  safeParse: (input) => {
    const { PORT, REDIS_URL } = Object(input);
    const issues = [
      ...(/^\d+$/.test(PORT ?? '8080') ? [] : [{ path: ['PORT'], message: 'expected a port number' }]),
      ...(typeof REDIS_URL === 'string' ? [] : [{ path: ['REDIS_URL'], message: 'expected an address' }]),
    ];
    if (issues.length > 0) return { success: false, error: { issues } };
    return { success: true, data: { PORT: Number(PORT ?? '8080'), REDIS_URL } };
  },
};
const NAMES = ['PORT', 'REDIS_URL'];

const dir = mkdtempSync(join(tmpdir(), 'alur-config-'));
const secretFile = join(dir, 'redis-url');
writeFileSync(secretFile, 'redis://:hunter2@cache:6379\n');
const bigFile = join(dir, 'big');
writeFileSync(bigFile, 'x'.repeat(70_000));
afterAll(() => rmSync(dir, { recursive: true }));

function problemsOf(env: Record<string, string>) {
  try {
    readConfig(schema, env, NAMES);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected a ConfigError');
}

describe('readConfig()', () => {
  test('reads variables and nothing but the named ones', () => {
    const seen: unknown[] = [];
    const spy: ConfigSchema<Sample> = { safeParse: (input) => (seen.push(input), schema.safeParse(input)) };
    const env = { PORT: '80', REDIS_URL: 'redis://a', HOME: '/root' };
    expect(readConfig(spy, env, NAMES)).toEqual({ PORT: 80, REDIS_URL: 'redis://a' });
    expect(seen).toEqual([{ PORT: '80', REDIS_URL: 'redis://a' }]);
  });

  test('takes an empty variable as one that is not set', () => {
    expect(readConfig(schema, { PORT: '', REDIS_URL: 'redis://a' }, NAMES).PORT).toBe(8080);
  });

  test('reads a secret from the file that <NAME>_FILE names, without its last line break', () => {
    expect(readConfig(schema, { REDIS_URL_FILE: secretFile }, NAMES).REDIS_URL).toBe(
      'redis://:hunter2@cache:6379',
    );
  });

  test('names all variables at fault at once, and no value', () => {
    const error = problemsOf({ PORT: 'hunter2' });
    expect(error.exitCode).toBe(3);
    expect(error.message).toBe(
      'Cannot use the environment: PORT: expected a port number; REDIS_URL: expected an address',
    );
  });

  test.each([
    ['both forms', { REDIS_URL: 'redis://hunter2', REDIS_URL_FILE: secretFile }, 'REDIS_URL'],
    ['a file that is missing', { REDIS_URL_FILE: join(dir, 'hunter2') }, 'REDIS_URL_FILE'],
    ['a file that is a folder', { REDIS_URL_FILE: dir }, 'REDIS_URL_FILE'],
    ['a file that is too big', { REDIS_URL_FILE: bigFile }, 'REDIS_URL_FILE'],
  ])('refuses %s, told once and without the value', (_label, env, variable) => {
    const error = problemsOf(env);
    expect(error.problems.map((problem) => problem.variable)).toEqual([variable]);
    expect(error.message).not.toContain('hunter2');
  });
});
