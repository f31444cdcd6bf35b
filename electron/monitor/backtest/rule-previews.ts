import type { Candle } from '../../../shared/domain/candle.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { RulePreview } from '../../../shared/domain/rule-view.ts';
import { message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { ruleMemoryMs } from '../alerts/bound-rule.ts';
import { createTurns } from '../async/in-turn.ts';
import { priceLine } from './price-line.ts';
import { seriesOfCandles, seriesSince } from './price-series.ts';
import { runBacktest } from './run-backtest.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const PREVIEW_MS = 7 * DAY_MS;
/** A rule may want years to settle; a person waits for the preview. */
const LONGEST_WARM_UP_MS = 30 * DAY_MS;
/** Two points each: more than a small chart has pixels for. */
const LINE_STRETCHES = 240;
const MOST_FIRINGS = 200;
const MISSED_PCT = 2;

/** The preview was cancelled, because its editor has asked for another one. */
export class PreviewSuperseded extends MessageError {
  constructor() {
    super(message('rule.preview-superseded'));
    this.name = 'PreviewSuperseded';
  }
}

export type RulePreviews = {
  /**
   * What the rule would have raised for the coin in the last week.
   *
   * @param editor who asks: an earlier preview of the same editor is cancelled
   * @throws PreviewSuperseded when the same editor asks again, and what reading the candles throws
   */
  preview(editor: string, rule: Rule, coinId: string): Promise<RulePreview>;
  /** Ends the previews that run. */
  stop(): void;
};

export type RulePreviewsOptions = {
  /** Candles of a minute of a coin in a stretch of time, oldest first. */
  readonly readMinutes: (coinId: string, from: number, to: number) => Promise<readonly Candle[]>;
  readonly vsCurrency: () => string;
  readonly now: () => number;
};

/** Previews run one at a time: each takes a core while it lasts, and prices go on meanwhile. */
export function createRulePreviews({ readMinutes, vsCurrency, now }: RulePreviewsOptions): RulePreviews {
  const inTurn = createTurns();
  const running = new Map<string, AbortController>();

  const run = async (rule: Rule, coinId: string, signal: AbortSignal): Promise<RulePreview> => {
    signal.throwIfAborted();
    const to = now();
    const from = to - PREVIEW_MS;
    const wantedWarmUpMs = Math.min(ruleMemoryMs(rule), LONGEST_WARM_UP_MS);
    const candles = await readMinutes(coinId, from - wantedWarmUpMs, to);
    signal.throwIfAborted();
    const key = { coinId, vsCurrency: vsCurrency(), source: 'candles' };
    const series = seriesOfCandles(key, candles, MINUTE_MS);
    const first = series.times[0] ?? to;
    const shown = seriesSince(series, from);
    const line = priceLine(shown, LINE_STRETCHES);
    // The worker takes the columns away.
    const covered = { from: shown.times[0], to: shown.times.at(-1) };
    const job = { rule, series, since: from, missedPct: MISSED_PCT, checks: 0 };
    const { alerts, summary, holds } = await runBacktest(job, signal);
    return {
      wantedFrom: from,
      covered:
        covered.from === undefined || covered.to === undefined
          ? null
          : { from: covered.from, to: covered.to },
      warmUpMs: Math.max(0, from - first),
      wantedWarmUpMs,
      line: line.map(([at, price]) => [at, price]),
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
    };
  };

  return {
    async preview(editor, rule, coinId) {
      running.get(editor)?.abort(new PreviewSuperseded());
      const control = new AbortController();
      running.set(editor, control);
      try {
        return await inTurn(() => run(rule, coinId, control.signal));
      } finally {
        if (running.get(editor) === control) running.delete(editor);
      }
    },
    stop() {
      for (const control of running.values()) control.abort(new PreviewSuperseded());
    },
  };
}
