import { text } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../logging/logger.ts';
import type { PriceBatch } from '../price-source.ts';

/** A recurring fault is logged immediately and then once in this many times. */
const LOGGED_EVERY = 100;

/** Counts invalid data in the provider's responses per coin and reason, and logs it at intervals. */
export type BatchWarnings = {
  note(batch: PriceBatch): void;
};

export function createBatchWarnings(log: Logger): BatchWarnings {
  const counts = new Map<string, number>();

  const count = (coinId: string, reason: string, message: string): void => {
    const key = JSON.stringify([coinId, reason]);
    const times = (counts.get(key) ?? 0) + 1;
    counts.set(key, times);
    if (times === 1 || times % LOGGED_EVERY === 0) log.warn({ coinId, reason, times }, message);
  };

  return {
    note(batch) {
      for (const { coinId, reason } of batch.rejected) count(coinId, text(reason), 'a price was left out');
      for (const { coinId, reason } of batch.warnings ?? [])
        count(coinId, text(reason), 'a figure was left out');
      for (const coinId of batch.missing) count(coinId, 'not in the response', 'a coin has no price');
    },
  };
}
