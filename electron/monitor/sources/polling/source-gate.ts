import type { PriceSource } from '../price-source.ts';

/** A source that can be held back: while the gate is closed its requests wait, and none is made. */
export type SourceGate = {
  readonly source: PriceSource;
  /** Requests from now on wait. One that is under way goes on. */
  close(): void;
  /** What waited is asked now. */
  open(): void;
};

/** For times when asking makes no sense, such as the sleep of the machine. The gate is open to begin with. */
export function createSourceGate(inner: PriceSource): SourceGate {
  let closed: PromiseWithResolvers<void> | null = null;

  return {
    source: {
      ...inner,
      async fetchPrices(request, signal) {
        if (closed !== null) await orAborted(closed.promise, signal);
        return inner.fetchPrices(request, signal);
      },
    },
    close() {
      closed ??= Promise.withResolvers();
    },
    open() {
      closed?.resolve();
      closed = null;
    },
  };
}

async function orAborted(opened: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<never>();
  const onAbort = (): void => aborted.reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([opened, aborted.promise]);
    signal.throwIfAborted(); // both may happen in one turn
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
