import { describe, expect, test } from '@jest/globals';
import { createLogger } from './create-logger.ts';

function capture(level = 'trace') {
  const lines: string[] = [];
  const logger = createLogger({
    service: 'ingress',
    level,
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') };
}

describe('createLogger()', () => {
  test('writes one JSON line with service, level word, ISO time and the event as msg', () => {
    const { logger, lines, last } = capture();
    logger.info({ mid: 'ab12', outcome: 'sent' }, 'delivery.attempted');
    expect(lines).toHaveLength(1);
    expect(last()).toMatchObject({
      level: 'info',
      service: 'ingress',
      msg: 'delivery.attempted',
      mid: 'ab12',
      outcome: 'sent',
    });
    expect(last().time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test.each([
    'authorization',
    'access_token',
    'accessToken',
    'app_secret',
    'appSecret',
    'verify_token',
    'verifyToken',
    'token',
    'x-hub-signature-256',
    'text',
    'body',
    'name',
    'waId',
    'wa_id',
    'userId',
    'user_id',
    'to',
    'from',
  ])('hides %s at the top, one object down, and in a child logger', (field) => {
    const { logger, lines, last } = capture();
    logger.info({ [field]: 'PRIVATE' }, 'top');
    expect(last()[field]).toBe('[redacted]');
    logger.info({ inner: { [field]: 'PRIVATE', evt: 'kept' } }, 'down');
    expect(last().inner).toEqual({ [field]: '[redacted]', evt: 'kept' });
    logger.child({ [field]: 'PRIVATE', inner: { [field]: { deep: 'PRIVATE' } } }).info('child');
    expect(lines.join('')).not.toContain('PRIVATE');
  });

  test('leaves the logged object as it was', () => {
    const { logger } = capture();
    const fields = { headers: { authorization: 'Bearer x' } };
    logger.info(fields, 'request');
    expect(fields.headers.authorization).toBe('Bearer x');
  });

  test("keeps an error's class, code, message and stack, and nothing else that hangs on it", () => {
    const { logger, lines, last } = capture();
    const inner = Object.assign(new TypeError('inner'), { code: 'E_INNER', response: 'PRIVATE' });
    const error = new Error('outer', { cause: inner });
    logger.error({ err: Object.assign(error, { request: { data: 'PRIVATE' } }) }, 'failed');
    expect(last().err).toMatchObject({
      type: 'Error',
      message: 'outer',
      cause: { type: 'TypeError', code: 'E_INNER', message: 'inner' },
    });
    expect(last().err.stack).toContain('create-logger.test');
    expect(lines.join('')).not.toContain('PRIVATE');
  });

  test.each([
    ['a plain object', { text: 'PRIVATE' }],
    ['a string', 'PRIVATE'],
  ])('drops a cause that is %s', (_label, cause) => {
    const { logger, lines } = capture();
    logger.error({ err: new Error('outer', { cause }) }, 'failed');
    logger.error({ err: cause }, 'thrown');
    expect(lines.join('')).not.toContain('PRIVATE');
  });

  test('ends on a chain of causes that is a ring', () => {
    const { logger, last } = capture();
    const error = new Error('ring');
    error.cause = error;
    logger.error({ err: error }, 'failed');
    expect(last().err.message).toBe('ring');
  });

  test('says nothing below its level', () => {
    const { logger, lines } = capture('warn');
    logger.info('quiet');
    logger.warn('loud');
    expect(lines).toHaveLength(1);
  });

  test('takes an unknown level as info and says so', () => {
    const { logger, lines, last } = capture('verbose');
    expect(logger.level).toBe('info');
    expect(lines).toHaveLength(1);
    expect(last()).toMatchObject({ level: 'warn', msg: 'logger.level_unknown', variable: 'LOG_LEVEL' });
  });
});
