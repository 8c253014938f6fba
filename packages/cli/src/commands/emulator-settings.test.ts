import { enforceLimits } from '@alur/emulator';
import { describe, expect, test } from '@jest/globals';
import { describeEnforce, parseSettings } from './emulator-settings.ts';

const DEFAULTS = {
  enforceBy: 'meta',
  throttleHttp: '400',
  statusDelays: '30,120,600',
  statusBatch: '100,0',
  read: true,
  redelivery: 'fast',
  order: 'kept',
  userIds: false,
  strict: false,
};

describe('parseSettings()', () => {
  test.each([
    [
      'defaults',
      {},
      {
        enforce: enforceLimits([]),
        throttleHttp: 400,
        statusDelayMs: { sent: 30, delivered: 120, read: 600 },
        statusBatch: { max: 100, waitMs: 0 },
        autoRead: true,
        redelivery: 'fast',
        webhookOrder: 'kept',
        userIds: false,
        templates: 'any',
        media: 'any',
        clock: {},
      },
    ],
    [
      '--redelivery, --order',
      { redelivery: 'meta', order: 'shuffled' },
      { redelivery: 'meta', webhookOrder: 'shuffled' },
    ],
    ['--strict', { strict: true }, { templates: 'defined', media: 'uploaded' }],
    ['--clock stopped', { clock: 'stopped' }, { clock: { stopped: true } }],
    [
      '--clock with a time',
      { clock: '2027-01-15T08:00:00Z, stopped', clockRate: '60' },
      { clock: { now: 1_800_000_000_000, stopped: true, rate: 60 } },
    ],
    ['--clock in milliseconds', { clock: '1800000000000' }, { clock: { now: 1_800_000_000_000 } }],
    ['--status-delays', { statusDelays: '1, 2,3' }, { statusDelayMs: { sent: 1, delivered: 2, read: 3 } }],
    ['--status-delays off', { statusDelays: 'off' }, { statusDelayMs: null }],
    ['--status-batch', { statusBatch: '1000,50' }, { statusBatch: { max: 1_000, waitMs: 50 } }],
    ['--no-read', { read: false }, { autoRead: false }],
    ['--seed and --window', { seed: 'dice', window: '60' }, { seed: 'dice', windowMs: 60_000 }],
    ['--throttle-http', { throttleHttp: '429' }, { throttleHttp: 429 }],
    ['--enforce', { enforce: 'pair, opt-out' }, { enforce: enforceLimits(['pair', 'optOut']) }],
    ['--enforce-by', { enforce: 'tier', enforceBy: 'api' }, { enforce: enforceLimits(['tier'], 'api') }],
  ])('%s', (_label, given, expected) => {
    expect(parseSettings({ ...DEFAULTS, ...given })).toMatchObject(expected);
  });
});

describe('describeEnforce()', () => {
  test('names limits as flags do', () => {
    expect(describeEnforce(enforceLimits(['optOut'], 'api'))).toBe('opt-out refused at once');
    expect(describeEnforce(enforceLimits([]))).toBe('measured, none enforced');
  });
});
