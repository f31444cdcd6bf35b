import { describe, expect, it } from 'vitest';
import { createSingleRun } from './single-run.ts';

describe('a single run', () => {
  it('is asked for any number of times while it goes on, and done once more', async () => {
    const gate = Promise.withResolvers<void>();
    let runs = 0;
    const run = createSingleRun(async () => {
      runs++;
      await gate.promise;
    });
    for (let count = 0; count < 5; count++) run.ask();
    expect(runs).toBe(1);
    gate.resolve();
    await run.settled();
    expect(runs).toBe(2);
  });

  it('misses no one who asks at the moment when it ends', async () => {
    let runs = 0;
    const run = createSingleRun(async () => {
      runs++;
    });
    for (let count = 0; count < 20; count++) {
      run.ask();
      // Each time one microtask later than before.
      for (let step = 0; step < count % 7; step++) await undefined;
      const before = runs;
      run.ask();
      await run.settled();
      expect(runs).toBeGreaterThan(before);
    }
  });
});
