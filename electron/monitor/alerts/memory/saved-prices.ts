import { z } from 'zod';

const isNumbers = (value: unknown): boolean => Array.isArray(value) && value.every(Number.isFinite);
/** A schema for each item would take ten times as long for the hundreds of thousands that a start reads. */
export const numbersSchema = z.custom<readonly number[]>(isNumbers, 'must be a list of numbers');

const savedWindowSchema = z.strictObject({
  lengthMs: z.number().positive(),
  count: z.number().int().nonnegative(),
  sum: z.number(),
  compensation: z.number(),
  /** Of the prices before the newest tick; null if there are none. */
  mean: z.number().nullable(),
});
export type SavedWindow = Readonly<z.infer<typeof savedWindowSchema>>;

const savedSeriesSchema = z
  .strictObject({
    stepMs: z.number().positive(),
    /** The samples, oldest first. */
    times: numbersSchema,
    prices: numbersSchema,
    windows: z.array(savedWindowSchema).readonly(),
  })
  .refine(({ times, prices }) => times.length === prices.length, 'has more times than prices or fewer')
  .refine(
    ({ times }) => times.every((time, index) => index === 0 || time > (times[index - 1] ?? time)),
    'has samples that are not in the order of their times',
  );
export type SavedSeries = Readonly<z.infer<typeof savedSeriesSchema>>;

/** The prices of one track as plain JSON. */
export const savedPricesSchema = z.strictObject({
  newestAt: z.number(),
  series: z.array(savedSeriesSchema).readonly(),
});
export type SavedPrices = Readonly<z.infer<typeof savedPricesSchema>>;

/** Windows over the samples of one step, the longest last. */
type Filled = {
  readonly times: readonly number[];
  readonly prices: readonly number[];
  readonly means: readonly SavedWindow[];
};

/**
 * The samples that windows need, from the saved ones and those before them, and their means: the saved means, or recomputed ones
 * if another length or other samples were saved.
 *
 * @param windowsMs lengths of the windows, with the minimum span that each needs for a mean
 */
export function fillWindows(
  saved: SavedPrices,
  earlier: SavedPrices | null,
  stepMs: number,
  windowsMs: readonly { readonly lengthMs: number; readonly minSpanMs: number }[],
  minPrices: number,
): Filled {
  const known = saved.series.find((series) => series.stepMs === stepMs);
  const before = earlier?.series.find((series) => series.stepMs === stepMs);
  const firstKnown = known?.times[0] ?? Number.POSITIVE_INFINITY;
  const longestMs = Math.max(...windowsMs.map(({ lengthMs }) => lengthMs));
  const samples = [...pairs(before).filter(([time]) => time < firstKnown), ...pairs(known)].filter(
    ([time]) => time >= saved.newestAt - longestMs,
  );
  const means = windowsMs.map(({ lengthMs, minSpanMs }): SavedWindow => {
    const own = samples.filter(([time]) => time >= saved.newestAt - lengthMs);
    const same = known?.windows.find((window) => window.lengthMs === lengthMs);
    if (same?.count === own.length) return same;
    const earlierOnes = own.filter(([time]) => time < saved.newestAt);
    const spanMs = (earlierOnes.at(-1)?.[0] ?? 0) - (earlierOnes[0]?.[0] ?? 0);
    const isKnown = earlierOnes.length >= minPrices && spanMs >= minSpanMs;
    const mean = isKnown ? sumOf(earlierOnes) / earlierOnes.length : null;
    return { lengthMs, count: own.length, sum: sumOf(own), compensation: 0, mean };
  });
  return { times: samples.map(([time]) => time), prices: samples.map(([, price]) => price), means };
}

type Sample = readonly [time: number, price: number];

const pairs = (series: SavedSeries | undefined): readonly Sample[] =>
  series?.times.map((time, index) => [time, series.prices[index] ?? 0]) ?? [];

const sumOf = (samples: readonly Sample[]): number => samples.reduce((sum, [, price]) => sum + price, 0);
