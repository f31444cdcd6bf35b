import { seededCandles } from '../../tests/chart-page/seeded-candles.ts';

export const LOADED = 20_000;
export const VISIBLE = 500;
export const INTERVAL_MS = 60_000;
/** Fixed, so that every run draws the same. */
export const NOW = Date.UTC(2026, 5, 12, 12, 0, 30);

/** What both charts draw. The last candle is not closed yet. */
export const CANDLES = seededCandles({
  count: LOADED + 1,
  intervalMs: INTERVAL_MS,
  lastStart: Math.floor(NOW / INTERVAL_MS) * INTERVAL_MS,
  price: 60_000,
  seed: 7,
});

/** Two years of days. */
export const DAYS = seededCandles({
  count: 730,
  intervalMs: 86_400_000,
  lastStart: Math.floor(NOW / 86_400_000) * 86_400_000,
  price: 40_000,
  seed: 8,
});

/** Periods of the three averages that both charts draw over the candles. */
export const AVERAGES = [20, 50, 200] as const;

/** Mean of the last `period` closes, from the first candle with enough predecessors. */
export function averageOfCloses(
  period: number,
): readonly { readonly start: number; readonly mean: number }[] {
  const means: { start: number; mean: number }[] = [];
  let sum = 0;
  for (const [index, { start, close }] of CANDLES.entries()) {
    sum += close - (CANDLES[index - period]?.close ?? 0);
    if (index >= period - 1) means.push({ start, mean: sum / period });
  }
  return means;
}

/** What each of the two pages exposes to the benchmark. */
export type BenchedChart = {
  /** Creates the chart again from data in memory; resolves with the milliseconds until its frame was painted. */
  load(): Promise<number>;
  /** Shows the given number of newest candles. */
  show(bars: number): Promise<void>;
  /** A new price of the candle that is not closed yet. */
  tick(price: number): void;
};

declare global {
  interface Window {
    benched: BenchedChart;
    lastClose: number;
    startFrames(): void;
    /** Lengths of the frames since `startFrames`, in milliseconds. */
    stopFrames(): readonly number[];
  }
}

/** Resolves after the next frame was painted. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));

/** Offers the chart to the benchmark, which counts frames in the page itself. */
export function offer(chart: BenchedChart): void {
  let frames: number[] = [];
  let isOn = false;
  let before = 0;
  const count = (at: number): void => {
    if (!isOn) return;
    if (before > 0) frames.push(at - before);
    before = at;
    requestAnimationFrame(count);
  };
  window.startFrames = () => {
    frames = [];
    before = 0;
    isOn = true;
    requestAnimationFrame(count);
  };
  window.stopFrames = () => {
    isOn = false;
    return frames;
  };
  window.lastClose = CANDLES.at(-1)?.close ?? 0;
  window.benched = chart;
}
