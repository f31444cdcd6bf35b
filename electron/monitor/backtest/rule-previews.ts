import type { Rule } from '../../../shared/domain/rule.ts';
import type { RulePreview } from '../../../shared/domain/rule-view.ts';
import { ruleMemoryMs } from '../alerts/bound-rule.ts';
import { createEditorRuns } from './editor-runs.ts';
import { NoPrices, type PastPrices, type ReadPastCandles, readPastPrices } from './past-prices.ts';
import { priceLine } from './price-line.ts';
import { withoutWarmUp } from './price-series.ts';
import { runInWorker } from './run-in-worker.ts';

const DAY_MS = 24 * 60 * 60_000;
const PREVIEW_MS = 7 * DAY_MS;
/** Two points each: more than a small chart has pixels for. */
const LINE_STRETCHES = 240;
const MOST_FIRINGS = 200;
const MISSED_PCT = 2;

export type RulePreviews = {
  /**
   * What the rule would have raised for the coin in the last week.
   *
   * @param editor who asks: an earlier preview of the same editor is cancelled
   * @throws Superseded when the same editor asks again, and what reading the candles throws
   */
  preview(editor: string, rule: Rule, coinId: string): Promise<RulePreview>;
  /** Ends the previews that run. */
  stop(): void;
};

/** What trials of rules get their prices from. */
export type TrialOptions = {
  readonly read: ReadPastCandles;
  readonly vsCurrency: () => string;
  /** Those that are there, for one that looks at others. */
  readonly rules: () => readonly Rule[];
  readonly now: () => number;
};

export function createRulePreviews({ read, vsCurrency, rules, now }: TrialOptions): RulePreviews {
  const runs = createEditorRuns();

  const run = async (rule: Rule, coinId: string, signal: AbortSignal): Promise<RulePreview> => {
    const to = now();
    const from = to - PREVIEW_MS;
    const others = rules();
    const memoryMs = ruleMemoryMs(rule, others);
    let prices: PastPrices;
    try {
      prices = await readPastPrices(read, { coinId, vsCurrency: vsCurrency(), from, to }, memoryMs);
    } catch (cause) {
      if (!(cause instanceof NoPrices)) throw cause;
      return nothingOf(from, memoryMs);
    }
    const { series, notes } = prices;
    const shown = withoutWarmUp(series);
    const warmUpMs = Math.max(0, from - (series.times[0] ?? from));
    const beforeRun = {
      wantedFrom: from,
      covered: { from: shown.times[0] ?? from, to: shown.times.at(-1) ?? to },
      warmUpMs,
      wantedWarmUpMs: Number.isFinite(memoryMs) ? memoryMs : warmUpMs,
      line: priceLine(shown, LINE_STRETCHES).map(([at, price]): [number, number] => [at, price]),
    };
    // The worker takes the columns away.
    const job = { rule, others, series, missedPct: MISSED_PCT, checks: 0 };
    const { alerts, summary, holds } = await runInWorker('backtest', job, signal);
    return {
      ...beforeRun,
      alerts: alerts.length,
      firings: alerts
        .slice(-MOST_FIRINGS)
        .map(({ observedAt, price, direction }) => ({ observedAt, price, direction })),
      perWeek: summary.perWeek,
      days: summary.days,
      worstDay: summary.worstDay,
      missed: summary.missed.length,
      missedPct: summary.missedPct,
      holds,
      // The others are in fields of their own.
      notes: notes.filter(({ code }) => code === 'backtest.coarse'),
    };
  };

  return {
    preview: (editor, rule, coinId) => runs.run(editor, (signal) => run(rule, coinId, signal)),
    stop: runs.stop,
  };
}

const nothingOf = (wantedFrom: number, memoryMs: number): RulePreview => ({
  wantedFrom,
  covered: null,
  warmUpMs: 0,
  wantedWarmUpMs: Number.isFinite(memoryMs) ? memoryMs : 0,
  line: [],
  alerts: 0,
  firings: [],
  perWeek: null,
  days: [],
  worstDay: null,
  missed: 0,
  missedPct: MISSED_PCT,
  holds: null,
  notes: [],
});
