import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createNumberBook } from '../graph/number-book.ts';
import { EmulatorOptions } from '../options.ts';
import { createContactBook } from './contact-book.ts';
import { LIMIT_NAMES, enforceLimits } from './limit-name.ts';
import { type LimitedSend, createLimits } from './limits.ts';

const number = (id: string, more: object = {}) => ({
  id,
  displayNumber: `+1555000000${id}`,
  wabaId: '9',
  accessToken: 'token',
  appSecret: 'secret',
  tenant: 'acme',
  team: 'support',
  ...more,
});

const [MINUTE, DAY] = [60_000, 86_400_000];
const CONTACT = '15550100001';

/** Limits of some numbers on a clock that the test turns. */
function open(options: Partial<EmulatorOptions> = {}) {
  const settings = EmulatorOptions.parse({
    webhookBaseUrl: 'http://127.0.0.1:9',
    numbers: [number('1')],
    ...options,
  });
  const numbers = createNumberBook(settings.numbers, () => 0);
  const contacts = createContactBook();
  const limits = createLimits(settings, { numbers, contacts });
  const clock = { ms: 10 * DAY };
  const now = () => ({ arrivedMs: clock.ms, earliestMs: clock.ms });
  const judge = (id: string, send: Partial<LimitedSend> = {}) =>
    limits.judge(id, { to: CONTACT, isTemplate: false, canBeMarketing: false, ...now(), ...send });
  return {
    clock,
    numbers,
    contacts,
    limits,
    text: (to = CONTACT, id = '1') => judge(id, { to }),
    template: (to = CONTACT, id = '1') => judge(id, { to, isTemplate: true, canBeMarketing: true }),
    judge,
    hear: (waId = CONTACT, id = '1') =>
      limits.countInbound(id, { from: { waId }, ...now(), wroteMs: clock.ms }),
    of: (id = '1') => limits.report()[id],
  };
}

describe('createLimits() measures', () => {
  test('throughput: messages of both directions in any 1,000 ms', () => {
    const lab = open();
    for (let n = 0; n < 40; n += 1) lab.text(`1555010${1_000 + n}`);
    lab.clock.ms += 999;
    for (let n = 0; n < 40; n += 1) lab.hear(`1555020${1_000 + n}`);
    expect(lab.of()?.throughput).toMatchObject({ limit: 80, peak: 80, violations: 0 });
    lab.text('15550300000');
    expect(lab.of()?.throughput).toMatchObject({ peak: 81, peakAtMs: lab.clock.ms, violations: 1 });
    lab.clock.ms += 1;
    lab.text('15550300001');
    expect(lab.of()?.throughput).toMatchObject({ peak: 81, violations: 1, refusals: 0 });
  });

  test('throughput: no violation in what came before a pause, and how long the pause was', () => {
    const lab = open();
    const burst = (blurMs: number) => {
      for (let n = 0; n < 60; n += 1) {
        const earliestMs = lab.clock.ms - blurMs;
        lab.judge('1', { to: `1555010${1_000 + n}`, earliestMs });
      }
    };
    burst(0);
    lab.clock.ms += 1_100;
    burst(300);
    lab.clock.ms += 900;
    burst(0);
    expect(lab.of()?.throughput).toMatchObject({ violations: 0, peak: 60, blurMs: 300 });
  });

  test('pair: 45 from one number to one contact, then one every 6 seconds', () => {
    const lab = open();
    for (let n = 0; n < 45; n += 1) lab.text();
    expect(lab.of()?.pair).toMatchObject({ limit: 45, peak: 45, lowestLevel: 0, violations: 0 });
    lab.clock.ms += 5_990;
    lab.text('15550100002');
    lab.text();
    expect(lab.of()?.pair).toMatchObject({ violations: 1 });
    expect(lab.of()?.pair.lowestLevel).toBeLessThan(0);
  });

  test('window: how long ago the contact wrote, and whether a free-form message was outside', () => {
    const lab = open();
    lab.hear();
    lab.clock.ms += DAY;
    lab.text();
    expect(lab.of()?.window).toMatchObject({ limit: DAY, peak: DAY, violations: 0 });
    lab.clock.ms += 1;
    lab.text();
    expect(lab.of()?.window).toMatchObject({ peak: DAY + 1, violations: 1 });
    lab.template();
    lab.text('15550100009');
    expect(lab.of()?.window).toMatchObject({ peak: DAY + 1, violations: 2 });
  });

  test('window: what WhatsApp says by itself opens none', () => {
    const lab = open();
    const at = { arrivedMs: lab.clock.ms, earliestMs: lab.clock.ms };
    lab.limits.countInbound('1', { from: { waId: CONTACT }, ...at, wroteMs: undefined });
    lab.text();
    expect(lab.of()?.window.violations).toBe(1);
  });

  test('tier: contacts that got a template outside an open window, for a day', () => {
    const lab = open({ numbers: [number('1', { tierLimit: 2 })] });
    lab.hear('15550100003');
    for (const to of ['15550100001', '15550100002', '15550100001', '15550100003']) lab.template(to);
    lab.text('15550100004');
    expect(lab.of()?.tier).toMatchObject({ limit: 2, peak: 2, violations: 0 });
    lab.template('15550100005');
    expect(lab.of()?.tier).toMatchObject({ peak: 3, violations: 1 });
    lab.template('15550100001');
    expect(lab.of()?.tier).toMatchObject({ violations: 1 });
    lab.clock.ms += DAY;
    lab.template('15550100006');
    expect(lab.of()?.tier).toMatchObject({ peak: 3, violations: 1 });
  });

  test('tier: a failed message gives its place back, a delivered one holds it from then on', () => {
    const lab = open({ numbers: [number('1', { tierLimit: 1 })] });
    lab.template('15550100001').hold?.release();
    const { hold } = lab.template('15550100002');
    lab.clock.ms += MINUTE;
    hold?.deliver(lab.clock.ms);
    lab.clock.ms += DAY - 1;
    expect(lab.of()?.tier).toMatchObject({ peak: 1, violations: 0 });
    lab.template('15550100003').hold?.release();
    expect(lab.of()?.tier).toMatchObject({ violations: 1 });
    lab.clock.ms += 1;
    lab.template('15550100004');
    expect(lab.of()?.tier).toMatchObject({ violations: 1 });
  });

  test('tier: of a portfolio, once for all its numbers', () => {
    const shared = { tierLimit: 2, portfolio: 'p' };
    const lab = open({ numbers: [number('1', shared), number('2', shared), number('3', { tierLimit: 2 })] });
    lab.template('15550100001', '1');
    lab.template('15550100002', '2');
    lab.template('15550100001', '2');
    lab.template('15550100003', '3');
    expect(lab.of('1')?.tier).toMatchObject({ peak: 2, violations: 0 });
    lab.template('15550100003', '2');
    expect([lab.of('1')?.tier, lab.of('3')?.tier]).toMatchObject([{ violations: 1 }, { violations: 0 }]);
    expect(lab.of('2')?.tier).toEqual(lab.of('1')?.tier);
  });

  test('tier: every message, where all count', () => {
    const shared = { tierLimit: 3, portfolio: 'p', tierCounts: 'all' };
    const lab = open({ numbers: [number('1', shared), number('2', shared)] });
    lab.hear();
    lab.text();
    lab.text();
    lab.template(CONTACT, '2');
    expect(lab.of()?.tier).toMatchObject({ peak: 3, violations: 0 });
    lab.text();
    expect(lab.of()?.tier).toMatchObject({ peak: 4, violations: 1 });
  });

  test('tier: one contact, whichever of its names it is written to by', () => {
    const lab = open({ numbers: [number('1', { tierLimit: 1 })] });
    lab.template('US.1');
    const at = { arrivedMs: lab.clock.ms, earliestMs: lab.clock.ms };
    lab.limits.countInbound('1', { from: { waId: CONTACT, userId: 'US.1' }, ...at, wroteMs: 0 });
    lab.template(CONTACT);
    expect(lab.of()?.tier).toMatchObject({ peak: 1, violations: 0 });
  });

  test('nothing of a number that is not there', () => {
    const lab = open();
    expect(lab.judge('404')).toEqual({});
    lab.hear(CONTACT, '404');
    expect(lab.of('404')).toBeUndefined();
  });

  test('against the limits that the number has by now', () => {
    const lab = open({ numbers: [number('1', { tierLimit: 1 })] });
    lab.template('15550100001');
    lab.numbers.change('1', { tierLimit: 2 });
    lab.template('15550100002');
    expect(lab.of()?.tier).toMatchObject({ limit: 2, peak: 2, violations: 0 });
    lab.numbers.change('1', { tierLimit: null, throughput: 2 });
    lab.template('15550100003');
    expect(lab.of()).toMatchObject({ tier: { limit: null, violations: 0 }, throughput: { violations: 1 } });
  });

  test('anew after a reset, with what is in windows and buckets', () => {
    const lab = open({ numbers: [number('1', { throughput: 1, tierLimit: 1 })] });
    for (const to of ['15550100001', '15550100002']) {
      lab.judge('1', { to, isTemplate: true, earliestMs: lab.clock.ms - 5 });
    }
    expect(lab.of()).toMatchObject({
      throughput: { peak: 2, violations: 1, blurMs: 5 },
      tier: { violations: 1 },
    });
    lab.limits.reset();
    const zero = { peak: 0, peakAtMs: null, refusals: 0, violations: 0 };
    expect(lab.of()).toMatchObject({ throughput: { ...zero, blurMs: 0 }, tier: zero, pair: zero });
    lab.template('15550100003');
    expect(lab.of()).toMatchObject({ throughput: { peak: 3, violations: 1 }, tier: { peak: 3 } });
  });
});

describe('createLimits() enforces', () => {
  const [LIMIT, PAIR] = [2, 45];
  const tight = [number('1', { throughput: 1_000, tierLimit: LIMIT })];

  test('nothing unless asked', () => {
    const lab = open({ numbers: [number('1', { throughput: 1, tierLimit: 1 })] });
    for (let n = 0; n < 60; n += 1) expect(lab.text()).toEqual({});
    expect(lab.template('15550100002')).toEqual({ hold: expect.anything() });
    expect(lab.template('15550100003')).toEqual({ hold: expect.anything() });
    expect(lab.of()).toMatchObject({
      throughput: { violations: 61, refusals: 0 },
      pair: { violations: 15, refusals: 0 },
      window: { violations: 60, refusals: 0 },
      tier: { violations: 1, refusals: 0 },
    });
  });

  test.each(['api', 'status'] as const)('each limit by %s', (by) => {
    const lab = open({ numbers: tight, enforce: enforceLimits(LIMIT_NAMES, by) });
    const verdict = by === 'api' ? 'refused' : 'failed';
    lab.hear();
    for (let n = 0; n < PAIR; n += 1) expect(lab.text()).toEqual({});
    expect(lab.text()).toEqual({ [verdict]: 'pair' });
    expect(lab.text('15550100002')).toEqual({ [verdict]: 'window' });
    for (let n = 0; n < LIMIT; n += 1) expect(lab.template(`1555020000${n}`).hold).toBeDefined();
    expect(lab.template('15550200009')).toEqual({ [verdict]: 'tier' });
    const violations = by === 'api' ? 0 : 1;
    for (const name of ['pair', 'window', 'tier'] as const)
      expect(lab.of()?.[name]).toMatchObject({ refusals: 1, violations });
  });

  test('opt-out: marketing alone, and only while it lasts', () => {
    const lab = open({ enforce: { optOut: 'api' } });
    lab.contacts.setMarketing('1', CONTACT, 'stop');
    expect(lab.template()).toEqual({ refused: 'optOut' });
    expect(lab.judge('1', { isTemplate: true }).hold).toBeDefined();
    lab.contacts.setMarketing('1', CONTACT, 'resume');
    expect(lab.template().hold).toBeDefined();
    expect(lab.of()?.optOut).toMatchObject({ limit: 0, refusals: 1, violations: 0 });
  });

  test('so that nothing refused counts, and no limit is ever exceeded', () => {
    const sends = fc.array(
      fc.record({
        waitMs: fc.integer({ min: 0, max: 300 }),
        contact: fc.integer({ min: 0, max: 5 }),
        kind: fc.nat(2),
      }),
      { maxLength: 300 },
    );
    fc.assert(
      fc.property(sends, (steps) => {
        const lab = open({
          numbers: [number('1', { throughput: 5, tierLimit: 3 })],
          enforce: enforceLimits(LIMIT_NAMES, 'api'),
          windowMs: 2_000,
          tierWindowMs: 5_000,
        });
        for (const { waitMs, contact, kind } of steps) {
          lab.clock.ms += waitMs;
          const to = `1555010000${contact}`;
          if (kind === 0) lab.template(to);
          else if (kind === 1) lab.text(to);
          else if (waitMs > 200) lab.hear(to);
        }
        const { throughput, tier, window, pair } = lab.of() ?? {};
        expect([throughput, tier, window, pair].map((one) => one?.violations)).toEqual([0, 0, 0, 0]);
        expect(tier?.peak).toBeLessThanOrEqual(3);
        expect(window?.peak).toBeLessThanOrEqual(2_000);
      }),
    );
  });

  test('by status: what will fail takes no place that another contact may need', () => {
    const lab = open({ numbers: [number('1', { tierLimit: 1 })], enforce: { tier: 'status' } });
    const first = lab.template('15550100001');
    expect(lab.template('15550100002')).toEqual({ failed: 'tier' });
    first.hold?.release();
    expect(lab.template('15550100003').hold).toBeDefined();
  });

  test('the refusal before the failed status, when a message exceeds two limits', () => {
    const lab = open({
      numbers: [number('1', { throughput: 1, tierLimit: 1 })],
      enforce: { throughput: 'status', tier: 'api' },
    });
    lab.template('15550100001');
    expect(lab.template('15550100002')).toEqual({ refused: 'tier' });
    expect(lab.of()).toMatchObject({ throughput: { refusals: 0, peak: 1 }, tier: { refusals: 1 } });
  });
});

describe('enforceLimits()', () => {
  test('holds rates by refusal and the rest by a failed status, as Meta does', () => {
    expect(enforceLimits(LIMIT_NAMES)).toEqual({
      throughput: 'api',
      pair: 'api',
      tier: 'status',
      window: 'status',
      optOut: 'status',
    });
  });

  test('holds only what is named', () => {
    const none = { throughput: false, pair: false, tier: false, window: false, optOut: false };
    expect(enforceLimits([])).toEqual(none);
    expect(enforceLimits(['tier'], 'api')).toEqual({ ...none, tier: 'api' });
  });
});
