/** Runs work in the order in which it is given, each when the one before is over, however that ended. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined); // reported to whoever asked for it; the next one can succeed
    return next;
  };
}
