import type { FeedState } from '../../../../shared/domain/feed-state.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import type { PriceBatch, PriceRequest } from '../price-source.ts';

/** What the feed tells its owner. */
export type FeedListener = {
  /** New ticks of one answer, already without those that were seen before. Called synchronously, never empty. */
  onTicks(ticks: readonly Tick[]): void;
  onState(state: FeedState): void;
  /** After every answer, also one without news: what was missing or set aside. */
  onBatch(batch: PriceBatch): void;
};

/** Asks one source for prices, again and again, never twice at a time. */
export type Feed = {
  start(): void;
  /** Resolves when no request is under way any more. */
  stop(): Promise<void>;
  /** Other coins, another currency or interval; the next request is made at once. */
  change(request: PriceRequest): void;
  state(): FeedState;
};
