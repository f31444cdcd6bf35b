/** Work of which one run executes at a time. */
export type SingleRun = {
  /** Requests a run: now, or once more after the current run. */
  request(): void;
  /** Resolves when no run is active. */
  settled(): Promise<void>;
};

/** @param work must not reject */
export function createSingleRun(work: () => Promise<void>): SingleRun {
  let isRequested = false;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    try {
      while (isRequested) {
        isRequested = false;
        await work();
      }
    } finally {
      // Decided in the same microtask that found no request, so that a later request starts a new run.
      running = null;
    }
  };

  return {
    request() {
      isRequested = true;
      running ??= run();
    },
    async settled() {
      while (running !== null) await running;
    },
  };
}
