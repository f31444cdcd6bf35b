import { defineConfig } from 'vitest/config';
import { keepCompiled } from './tests/compile-cache.ts';
import { LongestFirst } from './tests/longest-first.ts';

// Inherited by the workers.
keepCompiled();

const ALONE = 'tests/integration/trouble-hour.test.ts';

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: [
            '{electron,shared,renderer,demo,scripts,bench}/**/*.test.{ts,tsx}',
            'tests/counterparts/*.test.ts',
          ],
          // Files share a process, and with it the modules that they import: two thirds of the time went into loading them
          // anew for each file. A test leaves no global state behind, and no process ends with a file.
          isolate: false,
          // Ends what never comes; how long something takes on a busy machine is no fault.
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/{integration,examples}/**/*.test.ts'],
          exclude: [ALONE],
          // After the unit tests. Each file starts servers of its own, and waits for them half of the time: two cores carry
          // four beside the end-to-end tests.
          sequence: { groupOrder: 1 },
          globalSetup: 'tests/global-setup.ts',
          maxWorkers: 4,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'integration-alone',
          include: [ALONE],
          // An hour in less than a minute: what other servers take of the processor would be minutes of its time.
          sequence: { groupOrder: 2 },
          globalSetup: 'tests/global-setup.ts',
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
