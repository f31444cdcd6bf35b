import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../../shared/domain/candle.ts';
import { averageTrueRange } from './average-true-range.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { exponentialAverage } from './exponential-average.ts';
import { keltnerChannel } from './keltner-channel.ts';
import { macd } from './macd.ts';
import { movingAverage } from './moving-average.ts';
import { onBalanceVolume } from './on-balance-volume.ts';
import { realizedVolatility } from './realized-volatility.ts';
import { relativeStrength } from './relative-strength.ts';
import { ruleBand } from './rule-band.ts';
import { STUDIES } from './studies.ts';
import type { Study } from './study.ts';
import { studyRun } from './study-run.ts';
import { vwap } from './vwap.ts';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

const candleOf = (index: number, [open, close, above, below, volume]: readonly number[]): Candle => ({
  start: index * 30 * MINUTE,
  open: open ?? 1,
  close: close ?? 1,
  high: Math.max(open ?? 1, close ?? 1) * (1 + (above ?? 0)),
  low: Math.min(open ?? 1, close ?? 1) * (1 - (below ?? 0)),
  volume: volume ?? null,
  tickCount: 1,
});
const price = fc.double({ min: 0.5, max: 2e4, noNaN: true });
const part = fc.double({ min: 0, max: 0.3, noNaN: true });
/** At least so many candles that the study has values. */
const candlesFrom = (minLength: number) =>
  fc
    .array(fc.tuple(price, price, part, part, fc.double({ min: 0.01, max: 1e4, noNaN: true })), {
      minLength,
      maxLength: 90,
    })
    .map((rows) => rows.map((row, index) => candleOf(index, row)));
const closesAs = (closes: readonly number[]): readonly Candle[] =>
  closes.map((close, index) => candleOf(index, [close, close, 0, 0, 1]));

const INTERVAL = 30 * MINUTE;
const linesOf = (study: Study, params: Readonly<Record<string, number>>, candles: readonly Candle[]) =>
  studyRun(study, params, INTERVAL, 0)
    .over(candles)
    .values.map((line) => [...line]);

function expectClose(found: readonly (number | undefined)[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length);
  for (const [index, value] of wanted.entries()) {
    const one = found[index] ?? Number.NaN;
    if (Number.isNaN(value)) expect(one, `at ${index}`).toBeNaN();
    else
      expect(Math.abs(one - value), `at ${index}`).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
  }
}

/** The formulas in their plain form, which recomputes everything for each candle. */
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
const lastOf = (numbers: readonly number[], end: number, count: number): readonly number[] =>
  numbers.slice(end + 1 - count, end + 1);
const windowed = (numbers: readonly number[], period: number, of: (last: readonly number[]) => number) =>
  numbers.map((_, index) => (index + 1 < period ? Number.NaN : of(lastOf(numbers, index, period))));
/** An exponential mean as a weighted sum over all numbers. */
const smoothed = (numbers: readonly number[], period: number, weight: number): readonly number[] =>
  numbers.map((_, index) => {
    const steps = index - (period - 1);
    if (steps < 0) return Number.NaN;
    const seed = mean(numbers.slice(0, period)) * (1 - weight) ** steps;
    const later = numbers
      .slice(period, index + 1)
      .map((one, at) => one * weight * (1 - weight) ** (steps - 1 - at));
    return seed + sum(later);
  });
const closesOf = (candles: readonly Candle[]) => candles.map(({ close }) => close);
const rangesOf = (candles: readonly Candle[]) =>
  candles.map(({ high, low }, index) => {
    const before = candles[index - 1]?.close;
    return before === undefined
      ? high - low
      : Math.max(high - low, Math.abs(high - before), Math.abs(low - before));
  });

const plainFormulas: Readonly<
  Record<string, (candles: readonly Candle[]) => readonly (readonly number[])[]>
> = {
  sma: (candles) => [windowed(closesOf(candles), 20, mean)],
  ema: (candles) => [smoothed(closesOf(candles), 20, 2 / 21)],
  vwap: (candles) => [
    candles.map(({ start }, index) => {
      const today = candles
        .slice(0, index + 1)
        .filter((one) => Math.floor(one.start / DAY) === Math.floor(start / DAY));
      const paid = today.map(({ high, low, close, volume }) => ((high + low + close) / 3) * (volume ?? 0));
      return sum(paid) / sum(today.map(({ volume }) => volume ?? 0));
    }),
  ],
  bollinger: (candles) => {
    const closes = closesOf(candles);
    const deviation = windowed(closes, 20, (last) =>
      Math.sqrt(mean(last.map((one) => (one - mean(last)) ** 2))),
    );
    const middle = windowed(closes, 20, mean);
    const at = (factor: number) =>
      middle.map((one, index) => one + factor * (deviation[index] ?? Number.NaN));
    return [at(2), middle, at(-2)];
  },
  keltner: (candles) => {
    const middle = smoothed(closesOf(candles), 20, 2 / 21);
    const range = smoothed(rangesOf(candles), 10, 1 / 10);
    const at = (factor: number) => middle.map((one, index) => one + factor * (range[index] ?? Number.NaN));
    return [at(2), middle, at(-2)];
  },
  rule: (candles) => {
    const average = candles.map(({ start }) => {
      const before = candles.filter(
        (one) => one.start + INTERVAL <= start && one.start + INTERVAL > start - 60 * MINUTE,
      );
      return before.length === 0 ? Number.NaN : mean(closesOf(before));
    });
    return [1.02, 1, 0.98].map((factor) => average.map((one) => one * factor));
  },
  rsi: (candles) => {
    const changes = closesOf(candles)
      .slice(1)
      .map((close, index) => close - (candles[index]?.close ?? 0));
    const up = smoothed(
      changes.map((one) => Math.max(0, one)),
      14,
      1 / 14,
    );
    const down = smoothed(
      changes.map((one) => Math.max(0, -one)),
      14,
      1 / 14,
    );
    return [[Number.NaN, ...up.map((gain, index) => 100 - 100 / (1 + gain / (down[index] ?? Number.NaN)))]];
  },
  macd: (candles) => {
    const closes = closesOf(candles);
    const slow = smoothed(closes, 26, 2 / 27);
    const distance = smoothed(closes, 12, 2 / 13).map((fast, index) => fast - (slow[index] ?? Number.NaN));
    const signal = [...new Array(25).fill(Number.NaN), ...smoothed(distance.slice(25), 9, 2 / 10)].slice(
      0,
      candles.length,
    );
    return [distance, signal, distance.map((one, index) => one - (signal[index] ?? Number.NaN))];
  },
  atr: (candles) => [smoothed(rangesOf(candles), 14, 1 / 14)],
  obv: (candles) => [
    candles.map((_, index) =>
      sum(
        candles
          .slice(1, index + 1)
          .map(({ close, volume }, at) => Math.sign(close - (candles[at]?.close ?? 0)) * (volume ?? 0)),
      ),
    ),
  ],
  volatility: (candles) => {
    const returns = closesOf(candles)
      .slice(1)
      .map((close, index) => Math.log(close / (candles[index]?.close ?? 1)));
    const perYear = (365.25 * DAY) / INTERVAL;
    const volatility = windowed(
      returns,
      30,
      (last) => 100 * Math.sqrt(mean(last.map((one) => one ** 2)) * perYear),
    );
    return [[Number.NaN, ...volatility]];
  },
};
/** A band over an hour of half-hour candles. */
const PARAMS: Readonly<Record<string, Readonly<Record<string, number>>>> = { rule: { windowMinutes: 60 } };

describe.each(STUDIES)('$name', (study) => {
  const params = PARAMS[study.id] ?? {};

  it('equals the plain formula for any candles', () => {
    fc.assert(
      fc.property(candlesFrom(60), (candles) => {
        const wanted = plainFormulas[study.id]?.(candles) ?? [];
        const found = linesOf(study, params, candles);
        expect(found).toHaveLength(wanted.length);
        for (const [line, values] of wanted.entries()) expectClose(found[line] ?? [], values);
      }),
      { numRuns: 40 },
    );
  });

  it('has the same value for a candle that is not closed yet as after it has closed', () => {
    fc.assert(
      fc.property(candlesFrom(35), fc.tuple(price, price), (candles, [one, other]) => {
        const [closed, last] = [candles.slice(0, -1), candles.at(-1)];
        if (last === undefined) return;
        const series = studyRun(study, params, INTERVAL, 0).over(closed);
        // Previews of earlier prices of the candle must have no effect on later ones.
        for (const close of [one, other]) {
          series.preview({
            ...last,
            close,
            high: Math.max(last.high, close),
            low: Math.min(last.low, close),
          });
        }
        const wanted = linesOf(study, params, candles).map((values) => values.at(-1) ?? Number.NaN);
        expectClose(series.preview(last), wanted);
      }),
      { numRuns: 40 },
    );
  });

  it('continues when candles close, and starts over when older ones arrive', () => {
    fc.assert(
      fc.property(candlesFrom(45), fc.nat(40), (candles, count) => {
        const run = studyRun(study, params, INTERVAL, 0);
        run.over(candles.slice(0, count));
        const later = run.over(candles).values.map((values) => [...values]);
        expect(later).toEqual(linesOf(study, params, candles));
        const older = [candleOf(-1, [3, 4, 0, 0, 5]), ...candles];
        expect(run.over(older).values.map((values) => [...values])).toEqual(linesOf(study, params, older));
      }),
      { numRuns: 30 },
    );
  });
});

describe('a worked example', () => {
  it('of the EMA: Intel, 10 days, in the table of StockCharts', () => {
    const closes = [
      22.27, 22.19, 22.08, 22.17, 22.18, 22.13, 22.23, 22.43, 22.24, 22.29, 22.15, 22.39, 22.38, 22.61, 23.36,
    ];
    const [ema = []] = linesOf(exponentialAverage, { period: 10 }, closesAs(closes));
    expect(ema.slice(9).map((value) => value.toFixed(2))).toEqual([
      '22.22',
      '22.21',
      '22.24',
      '22.27',
      '22.33',
      '22.52',
    ]);
  });

  it('of the RSI: QQQQ, 14 days, in the table of StockCharts', () => {
    const closes = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931,
      46.0328, 45.614, 46.282, 46.282, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    ];
    const [rsi = []] = linesOf(relativeStrength, { period: 14 }, closesAs(closes));
    expect(rsi.slice(14).map((value) => value.toFixed(2))).toEqual([
      '70.53',
      '66.32',
      '66.55',
      '69.41',
      '66.36',
      '57.97',
    ]);
  });

  it('of the SMA', () => {
    const [sma] = linesOf(movingAverage, { period: 5 }, closesAs([11, 12, 13, 14, 15, 16, 17]));
    expect(sma).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, 13, 14, 15]);
  });

  it('of the VWAP, which is reset at midnight UTC', () => {
    const candles = [
      { ...candleOf(46, [10, 10, 0, 0, 1]) },
      { ...candleOf(47, [20, 20, 0, 0, 3]) },
      { ...candleOf(48, [30, 30, 0, 0, 2]) },
    ];
    expect(linesOf(vwap, {}, candles)).toEqual([[10, 17.5, 30]]);
  });

  it('of Bollinger bands: 2, 4, 4, 4, 5, 5, 7, 9 have the mean 5 and the deviation 2', () => {
    const [upper, middle, lower] = linesOf(bollingerBands, { period: 8 }, closesAs([2, 4, 4, 4, 5, 5, 7, 9]));
    expect([upper?.[7], middle?.[7], lower?.[7]]).toEqual([9, 5, 1]);
  });

  it('of the ATR and the Keltner channel on it', () => {
    const candles = [
      { ...candleOf(0, [10, 10]), high: 12, low: 8 },
      { ...candleOf(1, [10, 13]), high: 15, low: 9 },
      { ...candleOf(2, [17, 18]), high: 19, low: 16 },
    ];
    // True ranges 4, 6 and, from the close of 13 up to 19, 6: (4 + 6) / 2 = 5, then (5 + 6) / 2 = 5.5.
    expect(linesOf(averageTrueRange, { period: 2 }, candles)).toEqual([[Number.NaN, 5, 5.5]]);
    const [upper] = linesOf(keltnerChannel, { period: 2, rangePeriod: 2, width: 2 }, candles);
    expect(upper?.[1]).toBe(11.5 + 10);
  });

  it('of the MACD: of a price that rises by 1, the averages lag by half their periods', () => {
    const closes = Array.from({ length: 60 }, (_, index) => index);
    const [distance, signal, bars] = linesOf(macd, {}, closesAs(closes));
    expect(distance?.at(-1)).toBeCloseTo((26 - 12) / 2, 9);
    expect(signal?.at(-1)).toBeCloseTo(7, 9);
    expect(bars?.at(-1)).toBeCloseTo(0, 9);
  });

  it('of the OBV', () => {
    const candles = [10, 11, 11, 9, 12].map((close, index) =>
      candleOf(index, [close, close, 0, 0, 100 + index]),
    );
    expect(linesOf(onBalanceVolume, {}, candles)).toEqual([[0, 101, 101, -2, 102]]);
  });

  it('of realized volatility: 1% per half hour is 132.41% a year', () => {
    const closes = [1, Math.exp(0.01), 1, Math.exp(0.01), 1];
    const [volatility] = linesOf(realizedVolatility, { period: 2 }, closesAs(closes));
    expect(volatility?.at(-1)).toBeCloseTo(Math.sqrt(17_532), 6);
  });

  it('of the rule band: the mean of the hour before, and 2% around it', () => {
    const [upper, average, lower] = linesOf(ruleBand, { windowMinutes: 60 }, closesAs([100, 200, 300, 900]));
    expect(average).toEqual([Number.NaN, 100, 150, 250]);
    expect([upper?.[3], lower?.[3]]).toEqual([255, 245]);
    expect(linesOf(ruleBand, { windowMinutes: 5 }, closesAs([100, 200]))[1]).toEqual([
      Number.NaN,
      Number.NaN,
    ]);
  });
});
