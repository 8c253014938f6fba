import { describe, expect, test } from '@jest/globals';
import { createMetrics } from './create-metrics.ts';
import { sharedReading } from './shared-reading.ts';

describe('sharedReading()', () => {
  test('gives all gauges of a scrape the same new reading, from the first scrape on', async () => {
    let readings = 0;
    const read = sharedReading(() => Promise.resolve((readings += 1)));
    const metrics = createMetrics('test');
    for (const name of ['alur_first', 'alur_second'] as const) {
      metrics.gauge({ name, help: name, collect: async (gauge) => gauge.set(await read()) });
    }
    expect(await metrics.text()).toMatch(/alur_first 1\n[^]*alur_second 1\n/);
    expect(await metrics.text()).toMatch(/alur_first 2\n[^]*alur_second 2\n/);
  });

  test('reads again after a reading that failed', async () => {
    let readings = 0;
    const read = sharedReading(() => {
      readings += 1;
      return readings === 1 ? Promise.reject(new Error('away')) : Promise.resolve(readings);
    });
    await expect(read()).rejects.toThrow('away');
    expect(await read()).toBe(2);
  });
});
