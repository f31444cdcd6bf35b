import { type Message, message } from '../../../../shared/messages/message.ts';
import type { Logger } from '../../logging/logger.ts';
import type { PriceBatch } from '../price-source.ts';
import type { CoinCatalog } from './coin-catalog.ts';
import { createCoinIdAdvisor } from './coin-id-advisor.ts';

/** Turns the problems of a tick batch into sentences for the user. */
export type CoinProblems = {
  /** Reports the problems of the newest batch. A lookup for an older one is discarded. */
  report(batch: PriceBatch): void;
  /** Resolves when no lookup is running. */
  stop(): Promise<void>;
};

export type CoinProblemsOptions = {
  readonly catalog: CoinCatalog;
  readonly log: Logger;
  /**
   * Called with the coins that have no price and why, after every batch with problems and once when there are none any
   * more.
   */
  readonly onProblems: (problems: ReadonlyMap<string, Message>) => void;
};

export function createCoinProblems(options: CoinProblemsOptions): CoinProblems {
  const { catalog, onProblems, log } = options;
  const advisor = createCoinIdAdvisor(catalog);
  const stopping = new AbortController();
  let latest: PriceBatch | null = null;
  let working: Promise<void> | null = null;
  let hadProblems = false;

  const processLatest = async (): Promise<void> => {
    try {
      let processed: PriceBatch | null = null;
      while (latest !== null && latest !== processed) {
        processed = latest;
        const advice = await advisor.advise(processed.missing, stopping.signal);
        if (processed !== latest) continue;
        const reasons = processed.rejected.map(
          ({ coinId, reason }) => [coinId, message('coin.unusable-answer', { coinId, reason })] as const,
        );
        onProblems(new Map([...advice, ...reasons]));
      }
    } catch (err) {
      if (!stopping.signal.aborted) log.error({ err }, 'the problems of coins could not be reported');
    } finally {
      // Reset here rather than when the promise settles: a report in between would not be processed.
      working = null;
    }
  };

  return {
    report(batch) {
      latest = batch;
      const hasProblems = batch.missing.length > 0 || batch.rejected.length > 0;
      if ((!hasProblems && !hadProblems) || stopping.signal.aborted) return;
      hadProblems = hasProblems;
      working ??= processLatest();
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
