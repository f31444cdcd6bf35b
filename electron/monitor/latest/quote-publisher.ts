import { createSingleRun } from '../async/single-run.ts';
import type { Clock } from '../time/clock.ts';
import type { LatestStore } from './latest-store.ts';
import type { Quotes } from './quotes.ts';

/** How often a coin's quote is stored at most: a starting process also reads the newest ticks. */
const EVERY_MS = 1_000;

/** Stores changed quotes, where other processes find them. */
export type QuotePublisher = {
  changed(coinIds: Iterable<string>): void;
  /** Stores what has changed since the last call. */
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
