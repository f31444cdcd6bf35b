import type { Rule } from '../../../shared/domain/rule.ts';
import type { HeldCoin } from '../../../shared/domain/rule-view.ts';
import { comparedSources, ruleMemoryMs } from '../alerts/bound-rule.ts';
import { createEditorRuns } from './editor-runs.ts';
import { NoPrices, type PastPrices, readPastPrices } from './past-prices.ts';
import type { TrialOptions } from './rule-previews.ts';
import { runInWorker } from './run-in-worker.ts';

/** A coin whose newest price is older than this counts as having no price. */
const NEWEST_MS = 60 * 60_000;

export type RuleHolding = {
  /**
   * The coins, of these, for which the condition of a rule holds at the newest stored price. Candles do not distinguish sources:
   * for a rule that compares sources, none.
   *
   * @throws Superseded when the same editor requests another run; errors of reading the candles
   */
  holding(editor: string, rule: Rule, coinIds: readonly string[]): Promise<readonly HeldCoin[]>;
  /** Cancels all runs. */
  stop(): void;
};

export function createRuleHolding({
  read,
  vsCurrency,
  rules,
  now,
}: Omit<TrialOptions, 'readTicks'>): RuleHolding {
  const runs = createEditorRuns();

  const work = async (
    rule: Rule,
    coinIds: readonly string[],
    signal: AbortSignal,
  ): Promise<readonly HeldCoin[]> => {
    const others = rules();
    if (comparedSources(rule, others).length > 0) return [];
    const to = now();
    const range = { vsCurrency: vsCurrency(), from: to - NEWEST_MS, to };
    const memoryMs = ruleMemoryMs(rule, others);
    const known: PastPrices['series'][] = [];
    for (const coinId of coinIds) {
      signal.throwIfAborted();
      try {
        known.push((await readPastPrices(read, { ...range, coinId }, memoryMs)).series);
      } catch (cause) {
        if (!(cause instanceof NoPrices)) throw cause;
      }
    }
    if (known.length === 0) return [];
    const sides = await runInWorker('sidesAtEnd', { rule, others, series: known }, signal);
    return known.flatMap(({ coinId }, index) => {
      const found = sides[index];
      return found?.holds ? [{ coinId, side: found.side }] : [];
    });
  };

  return {
    holding: (editor, rule, coinIds) => runs.run(editor, (signal) => work(rule, coinIds, signal)),
    stop: runs.stop,
  };
}
