import { unlessAborted } from '../../async/unless-aborted.ts';
import type { PriceSource } from '../price-source.ts';

/** A source that can be paused: while the gate is closed, its requests wait. */
export type SourceGate = {
  readonly source: PriceSource;
  /** Makes new requests wait. A running one continues. */
  close(): void;
  /** Makes the waiting requests. */
  open(): void;
};

/** Creates an open gate. It is closed while requests make no sense, such as during the machine's sleep. */
export function createSourceGate(inner: PriceSource): SourceGate {
  let closed: PromiseWithResolvers<void> | null = null;

  return {
    source: {
      ...inner,
      async fetchPrices(request, signal) {
        if (closed !== null) await unlessAborted(signal, closed.promise);
        signal.throwIfAborted(); // it may open and abort in the same turn
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
