import { describe, expect, it } from 'vitest';
import { createSingleRun } from './single-run.ts';

describe('a single run', () => {
  it('runs once more after any number of requests during a run', async () => {
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const run = createSingleRun(async () => {
      runs++;
      await gate.promise;
    });
    for (let count = 0; count < 5; count++) run.request();
    expect(runs).toBe(1);
    gate.resolve();
    await run.settled();
    expect(runs).toBe(2);
  });

  it('misses no request that arrives as a run ends', async () => {
    let runs = 0;
    const run = createSingleRun(async () => {
      runs++;
    });
    for (let count = 0; count < 20; count++) {
      run.request();
      // One microtask later each time.
      for (let step = 0; step < count % 7; step++) await undefined;
      const before = runs;
      run.request();
      await run.settled();
      expect(runs).toBeGreaterThan(before);
    }
  });
});
