export type GroupCommitOptions<Item, Result> = {
  /**
   * Writes the items in one transaction and returns a result for each; when it throws, nothing was written.
   *
   * @param isPart whether they are only a part of the items that waited together: the others are written before or after them
   */
  readonly write: (items: readonly Item[], isPart: boolean) => readonly Result[];
  /** How many of the waiting items, from the first, are written together. The others wait for the next turn of the event loop. */
  readonly countTogether: (waiting: readonly Item[]) => number;
};

/**
 * Group commit: collects the items that are given without a pause in between and writes them together, so that they share one
 * sync to disk. If a group fails, its items are written one by one up to the first that fails: all that wait after it are rejected
 * with the same error, so that none is written out of order.
 */
export function createGroupCommit<Item, Result>({
  write,
  countTogether,
}: GroupCommitOptions<Item, Result>): (item: Item) => Promise<Result> {
  type Waiting = {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  };
  let pending: Waiting[] = [];
  let hasCommitted = false;
  let isPart = false;

  const rejectFrom = (failed: readonly Waiting[], error: unknown): void => {
    const waiting = pending;
    pending = [];
    for (const { reject } of failed) reject(error);
    for (const { reject } of waiting) reject(error);
  };

  const settle = (group: readonly Waiting[]): void => {
    try {
      const results = write(
        group.map(({ item }) => item),
        isPart,
      );
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (group.length > 1) settleOneByOne(group);
      else rejectFrom(group, error);
    }
  };

  const settleOneByOne = (group: readonly Waiting[]): void => {
    for (const [index, { item, resolve }] of group.entries()) {
      try {
        resolve(write([item], isPart)[0] as Result);
      } catch (error) {
        rejectFrom(group.slice(index), error);
        return;
      }
    }
  };

  const commitPending = (): void => {
    hasCommitted = true;
    setImmediate(() => {
      hasCommitted = false;
    });
    const count = countTogether(pending.map(({ item }) => item));
    const group = pending.slice(0, count);
    pending = pending.slice(count);
    isPart ||= pending.length > 0;
    settle(group);
    if (pending.length > 0) setImmediate(commitPending);
    else isPart = false;
  };

  return (item) => {
    if (pending.length === 0) {
      // Before the next socket event, because an alert may wait for it; but at most once per turn of the event loop.
      if (hasCommitted) setImmediate(commitPending);
      else queueMicrotask(commitPending);
    }
    return new Promise((resolve, reject) => {
      pending.push({ item, resolve, reject });
    });
  };
}
