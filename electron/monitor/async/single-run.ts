/** Work that is done in one run at a time. */
export type SingleRun = {
  /** Has it done: now, or once more after the run that goes on. */
  ask(): void;
  /** Resolves when no run goes on. */
  settled(): Promise<void>;
};

/** @param work must not reject */
export function createSingleRun(work: () => Promise<void>): SingleRun {
  let isAsked = false;
  let running: Promise<void> | null = null;

  const run = async (): Promise<void> => {
    try {
      while (isAsked) {
        isAsked = false;
        await work();
      }
    } finally {
      // In the same step that found nothing asked for: who asks from now on begins a run.
      running = null;
    }
  };

  return {
    ask() {
      isAsked = true;
      running ??= run();
    },
    async settled() {
      while (running !== null) await running;
    },
  };
}
