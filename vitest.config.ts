import { defineConfig } from 'vitest/config';

const ALONE = 'tests/integration/trouble-hour.test.ts';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{electron,shared,renderer,demo,scripts,bench}/**/*.test.{ts,tsx}'],
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
          // After the unit tests. Each file starts servers of its own, and waits for them most of the time; two cores carry two.
          sequence: { groupOrder: 1 },
          globalSetup: 'tests/global-setup.ts',
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'integration-alone',
          include: [ALONE],
          // An hour in less than a minute: what another file takes of the processor would be minutes of its time.
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
