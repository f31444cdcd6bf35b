import { createSingleRun } from '../async/single-run.ts';
import type { Clock } from '../time/clock.ts';
import type { LatestStore } from './latest-store.ts';
import type { Quotes } from './quotes.ts';

/** A coin's quote is kept at most so often: whoever starts reads the newest ticks besides. */
const EVERY_MS = 1_000;

/** Keeps changed quotes in the store, where other processes find them. */
export type QuotePublisher = {
  changed(coinIds: Iterable<string>): void;
  /** Keeps what has changed since. */
  stop(): Promise<void>;
};

export type QuotePublisherOptions = {
  readonly store: Pick<LatestStore, 'keepQuotes'>;
  readonly vsCurrency: () => string;
  readonly save: Quotes['save'];
  /** Real time. */
  readonly clock: Clock;
};

export function createQuotePublisher(options: QuotePublisherOptions): QuotePublisher {
  const { store, vsCurrency, save, clock } = options;
  const stopping = new AbortController();
  const waiting = new Set<string>();

  const publish = async (): Promise<void> => {
    const coinIds = [...waiting];
    waiting.clear();
    const quotes = coinIds.flatMap((coinId) => {
      const state = save(coinId);
      return state === null ? [] : [{ coinId, state }];
    });
    if (quotes.length > 0) await store.keepQuotes(vsCurrency(), quotes);
  };
  const publishing = createSingleRun(async () => {
    while (waiting.size > 0 && !stopping.signal.aborted) {
      await publish();
      await clock.sleep(EVERY_MS, stopping.signal).catch(() => undefined); // stopped
    }
  });

  return {
    changed(coinIds) {
      for (const coinId of coinIds) waiting.add(coinId);
      if (waiting.size > 0) publishing.request();
    },
    async stop() {
      stopping.abort();
      await publishing.settled();
      await publish();
    },
  };
}
