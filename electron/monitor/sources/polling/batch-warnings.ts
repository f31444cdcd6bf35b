import type { Logger } from '../../logging/logger.ts';
import type { PriceBatch } from '../price-source.ts';

/** A fault that stays is told at once and then once in this many times: polls go on for months. */
const TOLD_EVERY = 100;

/** Counts what could not be used of the provider's answers, per coin and reason, and logs some of it. */
export type BatchWarnings = {
  note(batch: PriceBatch): void;
};

export function createBatchWarnings(log: Logger): BatchWarnings {
  const counts = new Map<string, number>();

  const count = (coinId: string, reason: string, message: string): void => {
    const key = JSON.stringify([coinId, reason]);
    const times = (counts.get(key) ?? 0) + 1;
    counts.set(key, times);
    if (times === 1 || times % TOLD_EVERY === 0) log.warn({ coinId, reason, times }, message);
  };

  return {
    note(batch) {
      for (const { coinId, reason } of batch.rejected) count(coinId, reason, 'a price was left out');
      for (const { coinId, reason } of batch.warnings ?? []) count(coinId, reason, 'a figure was left out');
      for (const coinId of batch.missing) count(coinId, 'not in the answer', 'a coin has no price');
    },
  };
}
