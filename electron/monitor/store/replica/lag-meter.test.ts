import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLagMeter } from './lag-meter.ts';

const SECOND = 1_000;

describe('the lag of a replica', () => {
  it('equals its delay, to the precision of the sampling interval', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 30, maxLength: 60 }),
        fc.integer({ min: 0, max: 20 }),
        (written, delay) => {
          let end = 0n;
          const positions = written.map((bytes) => {
            end += BigInt(bytes);
            return end;
          });
          const meter = createLagMeter();
          for (const [second, position] of positions.entries()) {
            meter.sample(second * SECOND, position);
            const replayed = positions[second - delay] ?? 0n;
            const lag = meter.lagMs(second * SECOND, replayed) / SECOND;
            // Since the first second in which the database had more than is replayed.
            const since = positions.findIndex((each) => each > replayed);
            expect(lag).toBe(position > replayed ? second - since : 0);
            expect(lag).toBeLessThanOrEqual(delay);
          }
        },
      ),
    );
  });

  it('grows while nothing is replayed, however long that takes', () => {
    const meter = createLagMeter();
    for (let second = 1; second <= 10_000; second += 1) {
      meter.sample(second * SECOND, BigInt(second));
      expect(meter.lagMs(second * SECOND, 0n)).toBe((second - 1) * SECOND);
    }
    expect(meter.lagMs(10_000 * SECOND, 10_000n)).toBe(0);
  });

  it('is zero while the database is idle', () => {
    const meter = createLagMeter();
    meter.sample(0, 5n);
    meter.lagMs(0, 5n);
    meter.sample(60 * SECOND, 5n);
    expect(meter.lagMs(60 * SECOND, 5n)).toBe(0);
  });

  it('is unknown since the last sample, even if that sample had nothing new', () => {
    const meter = createLagMeter();
    expect(meter.sinceSampleMs(0)).toBe(Number.POSITIVE_INFINITY);
    meter.sample(0, 5n);
    meter.sample(10 * SECOND, 5n);
    expect(meter.sinceSampleMs(25 * SECOND)).toBe(15 * SECOND);
  });
});
