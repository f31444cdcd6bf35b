import type { Alert } from '../../../shared/domain/alert.ts';
import { INTERVALS, type Interval, intervalLengthMs } from '../../../shared/domain/interval.ts';
import { type ChartView, LIVE_VIEW, WHOLE_VIEW } from './chart-view.ts';

/** The coin, interval and alert that the user has chosen. */
export type ChartChoice = {
  /** Null until the user has chosen one: the first coin is shown. */
  readonly coinId: string | null;
  readonly interval: Interval;
  readonly view: ChartView;
  /** The alert that was last clicked, marked on the chart of its coin. */
  readonly alert: Alert | null;
};

export type ChartAction =
  | { readonly type: 'choose-coin'; readonly coinId: string }
  | { readonly type: 'choose-interval'; readonly interval: Interval }
  | { readonly type: 'change-view'; readonly change: (view: ChartView) => ChartView }
  | ({ readonly type: 'become' } & Pick<ChartChoice, 'coinId' | 'interval' | 'view'>)
  | { readonly type: 'choose-range'; readonly range: RangeName }
  | { readonly type: 'jump'; readonly at: number; readonly now: number }
  | { readonly type: 'mark-alert'; readonly alert: Alert }
  | { readonly type: 'show-alert'; readonly alert: Alert; readonly now: number };

export const RANGE_NAMES = ['1D', '1W', '1M', '1Y', 'All'] as const;
export type RangeName = (typeof RANGE_NAMES)[number];

/** Ranges up to now, each in the interval that fills a chart with a few hundred candles. */
const RANGES: Readonly<Record<RangeName, Pick<ChartChoice, 'interval' | 'view'>>> = {
  '1D': { interval: '5m', view: { mode: 'live', bars: 291 } },
  '1W': { interval: '1h', view: { mode: 'live', bars: 171 } },
  '1M': { interval: '4h', view: { mode: 'live', bars: 189 } },
  '1Y': { interval: '1d', view: { mode: 'live', bars: 369 } },
  All: { interval: '1d', view: WHOLE_VIEW },
};

const finite = (bars: number | null): number | null => (bars !== null && Number.isFinite(bars) ? bars : null);

/** The number of candles around an alert, enough to see what preceded and what followed it. */
const BARS_AROUND_ALERT = 60;
/** An alert further back than this is shown in a coarser interval, which needs fewer requests. */
const MAX_BARS_BACK = 1_200;

export function nextChoice(choice: ChartChoice, action: ChartAction): ChartChoice {
  switch (action.type) {
    case 'choose-coin':
      if (action.coinId === choice.coinId) return choice;
      return { ...choice, coinId: action.coinId, view: liveAgain(choice.view), alert: null };
    case 'choose-interval':
      return { ...choice, interval: action.interval, view: LIVE_VIEW };
    case 'change-view':
      return { ...choice, view: action.change(choice.view) };
    case 'become':
      return { ...choice, coinId: action.coinId, interval: action.interval, view: action.view };
    case 'choose-range':
      return { ...choice, ...RANGES[action.range] };
    case 'jump': {
      const interval = intervalReaching(action.now - action.at, choice.interval);
      const bars = finite(choice.view.bars) ?? BARS_AROUND_ALERT;
      const to = action.at + (bars / 2) * intervalLengthMs(interval);
      return { ...choice, interval, view: to >= action.now ? LIVE_VIEW : { mode: 'past', bars, to } };
    }
    case 'mark-alert':
      return { ...choice, alert: action.alert };
    case 'show-alert': {
      const { alert } = action;
      const interval = intervalReaching(action.now - alert.observedAt, choice.interval);
      const to = alert.observedAt + (BARS_AROUND_ALERT / 2) * intervalLengthMs(interval);
      // There are no candles after a recent alert, so the chart follows the newest candle.
      const view: ChartView =
        to >= action.now
          ? { mode: 'live', bars: BARS_AROUND_ALERT }
          : { mode: 'past', bars: BARS_AROUND_ALERT, to };
      return { coinId: alert.coinId, interval, view, alert };
    }
  }
}

const liveAgain = (view: ChartView): ChartView => ({ mode: 'live', bars: view.bars });

/** The given interval, or the shortest longer one in which a few requests reach that far back. */
function intervalReaching(ageMs: number, interval: Interval): Interval {
  const coarser = INTERVALS.filter((one) => intervalLengthMs(one) > intervalLengthMs(interval));
  return [interval, ...coarser].find((one) => ageMs <= MAX_BARS_BACK * intervalLengthMs(one)) ?? '1w';
}
