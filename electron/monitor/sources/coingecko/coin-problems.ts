import type { Logger } from '../../logging/logger.ts';
import { asSentence } from '../../status/as-sentence.ts';
import type { PriceBatch } from '../price-source.ts';
import type { CoinCatalog } from './coin-catalog.ts';
import { createCoinIdAdvisor } from './coin-ids.ts';

/** Turns what is wrong with an answer into sentences for the user. */
export type CoinProblems = {
  /** Takes the newest answer; an older one that is still being looked into no longer counts. */
  report(batch: PriceBatch): void;
  /** Resolves when no lookup is under way any more. */
  stop(): Promise<void>;
};

export type CoinProblemsOptions = {
  readonly catalog: CoinCatalog;
  readonly log: Logger;
  /** A sentence per coin that has no price. Called after every answer with a problem, and once when all are gone. */
  readonly onProblems: (problems: ReadonlyMap<string, string>) => void;
};

export function createCoinProblems(options: CoinProblemsOptions): CoinProblems {
  const { catalog, onProblems, log } = options;
  const advisor = createCoinIdAdvisor(catalog);
  const stopping = new AbortController();
  let latest: PriceBatch | null = null;
  let working: Promise<void> | null = null;
  let hadProblems = false;

  const look = async (): Promise<void> => {
    try {
      let looked: PriceBatch | null = null;
      while (latest !== null && latest !== looked) {
        looked = latest;
        const advice = await advisor.advise(looked.missing, stopping.signal);
        if (looked !== latest) continue;
        const reasons = looked.rejected.map(
          ({ coinId, reason }) =>
            [coinId, `CoinGecko's answer for "${coinId}" cannot be used: ${asSentence(reason)}`] as const,
        );
        onProblems(new Map([...advice, ...reasons]));
      }
    } catch (err) {
      if (!stopping.signal.aborted) log.error({ err }, 'telling the problems of coins failed');
    } finally {
      // Here and not when the promise settles: a report that comes in between would find nobody to look at it.
      working = null;
    }
  };

  return {
    report(batch) {
      latest = batch;
      const hasProblems = batch.missing.length > 0 || batch.rejected.length > 0;
      if ((!hasProblems && !hadProblems) || stopping.signal.aborted) return;
      hadProblems = hasProblems;
      working ??= look();
    },
    async stop() {
      stopping.abort();
      await working;
    },
  };
}
