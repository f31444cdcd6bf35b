import { closeAll } from './close-all.ts';

/** The parts opened so far, in order; each may use those before it. */
export type OpenParts = {
  /** Registers how to close a part, and returns the part. */
  add<Part>(part: Part, close: (part: Part, timeoutMs: number) => unknown): Part;
  /**
   * Closes all parts in reverse order, even if some fail. `timeoutMs` limits parts that have work to finish.
   *
   * @throws the first error
   */
  close(timeoutMs: number): Promise<void>;
  isClosing(): boolean;
};

export function createOpenParts(): OpenParts {
  const closers: ((timeoutMs: number) => unknown)[] = [];
  let isClosing = false;
  return {
    add(part, close) {
      closers.unshift((timeoutMs) => close(part, timeoutMs));
      return part;
    },
    async close(timeoutMs) {
      isClosing = true;
      await closeAll(closers.splice(0).map((close) => async () => void (await close(timeoutMs))));
    },
    isClosing: () => isClosing,
  };
}
