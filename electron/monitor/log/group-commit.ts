/**
 * Group commit: collects the items of one turn of the event loop and writes them together, so that they share one sync to
 * disk. If a group fails, each of its items is written alone, so that one that cannot be written does not fail the others.
 *
 * @param write writes the items in one transaction and returns a result for each; when it throws, nothing was written
 */
export function createGroupCommit<Item, Result>(
  write: (items: readonly Item[]) => readonly Result[],
): (item: Item) => Promise<Result> {
  type Waiting = {
    readonly item: Item;
    readonly resolve: (result: Result) => void;
    readonly reject: (error: unknown) => void;
  };
  let pending: Waiting[] = [];

  const settle = (group: readonly Waiting[]): void => {
    try {
      const results = write(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (error) {
      if (group.length > 1) for (const waiting of group) settle([waiting]);
      else for (const { reject } of group) reject(error);
    }
  };

  const commitPending = (): void => {
    const group = pending;
    pending = [];
    settle(group);
  };

  return (item) => {
    if (pending.length === 0) setImmediate(commitPending);
    return new Promise((resolve, reject) => {
      pending.push({ item, resolve, reject });
    });
  };
}
