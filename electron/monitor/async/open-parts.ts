import { closeAll } from './close-all.ts';

/** What has been opened so far, each made from what was opened before it. */
export type OpenParts = {
  /** Notes how a part that was just opened is closed, and returns it. */
  add<Part>(part: Part, close: (part: Part, timeoutMs: number) => unknown): Part;
  /**
   * Closes all parts in the reverse order, also when one fails to. `timeoutMs` is for those that have something to finish.
   *
   * @throws what the first part that failed threw
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
