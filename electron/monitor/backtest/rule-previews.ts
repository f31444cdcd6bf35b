import type { Rule } from '../../../shared/domain/rule.ts';
import type { RulePreview } from '../../../shared/domain/rule-view.ts';
import { message } from '../../../shared/messages/message.ts';
import { comparedSources, firesWithoutPrice, ruleMemoryMs } from '../alerts/bound-rule.ts';
import { createEditorRuns } from './editor-runs.ts';
import {
  NoPrices,
  ownCandles,
  type PastPrices,
  type PastRange,
  type ReadPastCandles,
  readPastPrices,
  readPastTicks,
  type TickColumns,
} from './past-prices.ts';
import { priceLine } from './price-line.ts';
import { mergedColumns, withoutWarmUp } from './price-series.ts';
import { runInWorker } from './run-in-worker.ts';

const DAY_MS = 24 * 60 * 60_000;
const PREVIEW_MS = 7 * DAY_MS;
/** Two exchanges have many trades: use those of one day. */
const TICKS_MS = DAY_MS;
/** Two points each: more than a small chart has pixels for. */
const LINE_STRETCHES = 240;
const MAX_FIRINGS = 200;
const MISSED_PCT = 2;

export type RulePreviews = {
  /**
   * The alerts that the rule would have raised for the coin in the last week.
   *
   * @param editor an earlier preview of the same editor is cancelled
   * @throws Superseded when the same editor requests another preview; errors of reading the candles
   */
  preview(editor: string, rule: Rule, coinId: string): Promise<RulePreview>;
  /** Cancels all previews. */
  stop(): void;
};

/** The sources of prices for trying rules. */
export type TrialOptions = {
  readonly read: ReadPastCandles;
  /** The ticks of a source in a range; null if there are none. */
  readonly readTicks: (range: PastRange & { readonly source: string }) => Promise<TickColumns | null>;
  readonly vsCurrency: () => string;
  /** The existing rules, which a rule may refer to. */
  readonly rules: () => readonly Rule[];
  readonly now: () => number;
};

export function createRulePreviews(options: TrialOptions): RulePreviews {
  const { vsCurrency, rules, now } = options;
  const runs = createEditorRuns();

  const run = async (rule: Rule, coinId: string, signal: AbortSignal): Promise<RulePreview> => {
    const to = now();
    const others = rules();
    const on: RulePreview['on'] = comparedSources(rule, others).length > 0 ? 'ticks' : 'candles';
    const from = to - (on === 'ticks' ? TICKS_MS : PREVIEW_MS);
    const memoryMs = ruleMemoryMs(rule, others);
    let prices: PastPrices;
    try {
      prices = await readFor(rule, others, { coinId, vsCurrency: vsCurrency(), from, to }, options);
    } catch (cause) {
      if (!(cause instanceof NoPrices)) throw cause;
      return nothingOf(on, from, memoryMs);
    }
    const { series, notes } = prices;
    const shown = withoutWarmUp(series);
    const warmUpMs = Math.max(0, from - (series.times[0] ?? from));
    const beforeRun = {
      on,
      wantedFrom: from,
      covered: { from: shown.times[0] ?? from, to: shown.times.at(-1) ?? to },
      warmUpMs,
      wantedWarmUpMs: Number.isFinite(memoryMs) ? memoryMs : warmUpMs,
      line: priceLine(shown, LINE_STRETCHES).map(([at, price]): [number, number] => [at, price]),
    };
    // The columns are transferred to the worker.
    const job = { rule, others, series, missedPct: MISSED_PCT, checks: 0 };
    const { alerts, summary } = await runInWorker('backtest', job, signal);
    return {
      ...beforeRun,
      alerts: alerts.length,
      firings: alerts
        .slice(-MAX_FIRINGS)
        .map(({ observedAt, price, direction }) => ({ observedAt, price, direction })),
      perWeek: summary.perWeek,
      days: summary.days,
      worstDay: summary.worstDay,
      missed: summary.missed.length,
      missedPct: summary.missedPct,
      notes: notes.filter(({ code }) => !IN_FIELDS.has(code)),
    };
  };

  return {
    preview: (editor, rule, coinId) => runs.run(editor, (signal) => run(rule, coinId, signal)),
    stop: runs.stop,
  };
}

/** Notes that are derived from the preview's fields. */
const IN_FIELDS: ReadonlySet<string> = new Set(['backtest.short-history', 'backtest.short-memory']);

/** The prices that a rule is tried on: candles, or ticks if it compares sources. */
async function readFor(
  rule: Rule,
  others: readonly Rule[],
  range: PastRange,
  { read, readTicks }: TrialOptions,
): Promise<PastPrices> {
  const memoryMs = ruleMemoryMs(rule, others);
  const sources = comparedSources(rule, others);
  if (sources.length === 0) {
    if (!firesWithoutPrice(rule, others)) return readPastPrices(read, range, memoryMs);
    const own = await readPastPrices(ownCandles(read), range, memoryMs);
    return { ...own, notes: [...own.notes, message('backtest.own-prices')] };
  }
  const known: TickColumns[] = [];
  const missing: string[] = [];
  for (const source of sources) {
    const ticks = await readTicks({ ...range, source });
    if (ticks === null) missing.push(source);
    else known.push(ticks);
  }
  const merged = known.length === 0 ? null : mergedColumns(known);
  const { series, notes } = await readPastTicks(read, async () => merged, range, memoryMs);
  const { coinId } = range;
  return {
    series,
    notes: [...notes, ...missing.map((source) => message('backtest.no-ticks-of', { coinId, source }))],
  };
}

const nothingOf = (on: RulePreview['on'], wantedFrom: number, memoryMs: number): RulePreview => ({
  on,
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
  notes: [],
});
