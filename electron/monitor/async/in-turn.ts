/** Runs work in sequence, each after the one before has settled. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>;

export function createTurns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work);
    last = next.catch(() => undefined); // reported to its caller; the next one can succeed
    return next;
  };
}
