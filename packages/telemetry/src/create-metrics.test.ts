import { describe, expect, test } from '@jest/globals';
import { createMetrics } from './create-metrics.ts';

describe('createMetrics()', () => {
  test('shows build info and the process metrics under their usual names', async () => {
    const text = await createMetrics('sender').text();
    expect(text).toMatch(/^alur_build_info\{service="sender",version="\d+\.\d+\.\d+",node="v\d+[^"]*"\} 1$/m);
    expect(text).toMatch(/^process_cpu_user_seconds_total /m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds /m);
  });

  test('shows known label combinations as 0 before anything happened', async () => {
    const metrics = createMetrics('sender');
    const known = [{ outcome: 'sent' }, { outcome: 'unknown' }] as const;
    metrics.counter({ name: 'alur_attempts_total', help: 'POSTs', labels: ['outcome'], known });
    metrics.gauge({ name: 'alur_lanes', help: 'Lanes', labels: ['outcome'], known });
    metrics.histogram({ name: 'alur_post_seconds', help: 'POST', labels: ['outcome'], known, buckets: [1] });
    const text = await metrics.text();
    expect(text).toContain('alur_attempts_total{outcome="sent"} 0');
    expect(text).toContain('alur_attempts_total{outcome="unknown"} 0');
    expect(text).toContain('alur_lanes{outcome="sent"} 0');
    expect(text).toContain('alur_post_seconds_count{outcome="unknown"} 0');
  });

  test('counts, sets and observes', async () => {
    const metrics = createMetrics('sender');
    metrics.counter({ name: 'alur_a_total', help: 'a', labels: ['kind'] }).inc({ kind: 'x' }, 2);
    metrics.counter({ name: 'alur_b_total', help: 'b' }).inc();
    metrics.gauge({ name: 'alur_c', help: 'c', collect: (gauge) => gauge.set(7) });
    metrics.histogram({ name: 'alur_d_seconds', help: 'd', buckets: [0.1, 1] }).observe(0.5);
    const text = await metrics.text();
    expect(text).toContain('alur_a_total{kind="x"} 2');
    expect(text).toMatch(/^alur_b_total 1$/m);
    expect(text).toMatch(/^alur_c 7$/m);
    expect(text).toContain('alur_d_seconds_bucket{le="0.1"} 0');
    expect(text).toContain('alur_d_seconds_bucket{le="1"} 1');
  });

  test('keeps registries apart and refuses a name twice in one', () => {
    const first = createMetrics('sender');
    first.counter({ name: 'alur_a_total', help: 'a' });
    createMetrics('sender').counter({ name: 'alur_a_total', help: 'a' });
    expect(() => first.counter({ name: 'alur_a_total', help: 'a' })).toThrow('already been registered');
  });
});
