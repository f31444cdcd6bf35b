import type { Rule } from '../../../shared/domain/rule.ts';
import type { RatePoint, RuleSolution } from '../../../shared/domain/rule-solution.ts';
import type { ParamRange } from '../alerts/param-range.ts';
import { run } from './backtest.ts';
import type { PriceSeries } from './price-series.ts';

const WEEK_MS = 7 * 24 * 3_600_000;
/** The number of values per pass over the prices, which share its cost. */
const VALUES_PER_PASS = 24;
/**
 * The first pass covers the whole range of the parameter, each later one the range between the two values around the wanted rate.
 */
const PASSES = 3;
/** Values are rounded to this many digits: 2.0487% is not a threshold that a user would choose. */
const DIGITS = 3;
/** A range that begins at 0 has no first value on a logarithmic scale; this share of its end is used instead. */
const SMALLEST_SHARE = 1e-4;

export type SolveJob = {
  readonly rule: Rule;
  /** Rules that it may refer to. */
  readonly others?: readonly Rule[];
  readonly series: readonly PriceSeries[];
  readonly param: string;
  readonly range: ParamRange;
  /** The wanted alerts a week, for all series together. */
  readonly perWeek: number;
};

export type Solution = Pick<RuleSolution, 'curve' | 'best' | 'coins'>;

/** A value with the number of alerts in each series. */
type Tried = RatePoint & { readonly counts: readonly number[] };

/**
 * Finds the value of a parameter at which a rule raises about this many alerts a week, in a bounded number of passes over the
 * prices. The rate falls as a threshold grows, but not everywhere: with a tiny threshold the condition hardly ever stops holding,
 * so the rule raises few alerts. Therefore only values on the quiet side of the most frequent one are considered.
 */
export function solve({ rule, others, series, param, range, perWeek }: SolveJob): Solution {
  const rateOfOne = rateOf(
    series.map(() => 1 / series.length),
    series,
  );
  let tried: readonly Tried[] = [];
  let [from, to] = [range.min > 0 ? range.min : range.max * SMALLEST_SHARE, range.max];
  for (let pass = 0; pass < PASSES; pass++) {
    const values = valuesBetween(from, to, range).filter(
      (value) => !tried.some((one) => one.value === value),
    );
    if (values.length === 0) break;
    tried = [...tried, ...tryValues(rule, others, series, param, values)].toSorted(
      (a, b) => a.value - b.value,
    );
    [from, to] = crossing(tried, perWeek);
  }
  const { counts, ...best } = tried[nearest(tried, perWeek, rateOfOne)] ?? {
    counts: [],
    value: range.min,
    alerts: 0,
    perWeek: 0,
  };
  const rateOfBest = best.alerts === 0 ? rateOfOne : best.perWeek / best.alerts;
  const [low, high] = countBounds(best.alerts);
  return {
    curve: withoutQuietEnds(tried).map(({ value, alerts, perWeek: rate }) => ({
      value,
      alerts,
      perWeek: rate,
    })),
    best: { ...best, lowPerWeek: low * rateOfBest, highPerWeek: high * rateOfBest },
    coins: series.map((one, index) => ({
      coinId: one.coinId,
      ...spanOf(one),
      prices: one.times.length - one.warmUp,
      alerts: counts[index] ?? 0,
    })),
  };
}

/** Values with equal ratios between neighbors, rounded, without duplicates. */
function valuesBetween(from: number, to: number, { isInteger }: ParamRange): readonly number[] {
  const ratio = (to / from) ** (1 / (VALUES_PER_PASS - 1));
  const values = Array.from({ length: VALUES_PER_PASS }, (_, index) => {
    const value = from * ratio ** index;
    const round = isInteger ? Math.round(value) : Number(value.toPrecision(DIGITS));
    return Math.min(to, Math.max(from, round));
  });
  return [...new Set(values)];
}

/** All values in one pass over each series: rules of one coin share the engine's memory of it. */
function tryValues(
  rule: Rule,
  others: readonly Rule[] | undefined,
  series: readonly PriceSeries[],
  param: string,
  values: readonly number[],
): readonly Tried[] {
  const rules = values.map((value, index) => ({
    ...rule,
    id: `${rule.id}-${index}`,
    // A rule that raises only one alert has no rate.
    repeat: 'every-time' as const,
    params: { ...rule.params, [param]: value },
  }));
  const counts = series.map((one) => {
    const byRule = new Map<string, number>();
    for (const alert of run(rules, one, others).alerts)
      byRule.set(alert.rule, (byRule.get(alert.rule) ?? 0) + 1);
    return rules.map(({ id }) => byRule.get(id) ?? 0);
  });
  return values.map((value, index) => {
    const own = counts.map((each) => each[index] ?? 0);
    return {
      value,
      alerts: own.reduce((sum, each) => sum + each, 0),
      perWeek: rateOf(own, series),
      counts: own,
    };
  });
}

/** Alerts a week: each series by its own length, added up. */
function rateOf(counts: readonly number[], series: readonly PriceSeries[]): number {
  return series.reduce((sum, one, index) => {
    const { from, to } = spanOf(one);
    return to > from ? sum + ((counts[index] ?? 0) * WEEK_MS) / (to - from) : sum;
  }, 0);
}

function spanOf({ times, warmUp }: PriceSeries): { readonly from: number; readonly to: number } {
  return { from: times[warmUp] ?? 0, to: times.at(-1) ?? 0 };
}

/**
 * The index of the value whose rate is nearest to the wanted one, as a ratio: half as many and twice as many are equally far. Of
 * neighboring values with the same rate, the middle one.
 *
 * @param rateOfOne the rate of a single alert; half of it keeps the ratio to a rate of zero finite
 */
function nearest(tried: readonly Tried[], wanted: number, rateOfOne: number): number {
  const isFalling = falls(tried);
  const rates = tried.map(({ perWeek }) => perWeek);
  const most = Math.max(...rates);
  if (most === 0) return isFalling ? 0 : rates.length - 1;
  const peak = isFalling ? rates.indexOf(most) : rates.lastIndexOf(most);
  const distance = (rate: number): number =>
    Math.abs(Math.log((rate + rateOfOne / 2) / (wanted + rateOfOne / 2)));
  const quietSide = rates.slice(isFalling ? peak : 0, isFalling ? undefined : peak + 1);
  const best = quietSide.reduce((least, rate) => (distance(rate) < distance(least) ? rate : least), most);
  const first = (isFalling ? peak : 0) + quietSide.indexOf(best);
  let last = first;
  while (rates[last + 1] === best) last++;
  // Of the values that raise nothing, the one that is nearest to raising alerts.
  if (best === 0) return isFalling ? first : last;
  return (first + last) >> 1;
}

/** The last value that raises at least the wanted rate, and the next one on the quiet side; the same value twice at the end. */
function crossing(tried: readonly Tried[], wanted: number): readonly [from: number, to: number] {
  const isFalling = falls(tried);
  const reachesWanted = ({ perWeek }: Tried): boolean => perWeek >= wanted;
  const reached = isFalling ? tried.findLastIndex(reachesWanted) : tried.findIndex(reachesWanted);
  const beyond = isFalling ? reached + 1 : reached < 0 ? tried.length - 1 : reached - 1;
  const values = [tried[reached]?.value, tried[beyond]?.value].filter((value) => value !== undefined);
  return [Math.min(...values), Math.max(...values)];
}

/** Whether the rate falls overall as the value grows. */
function falls(tried: readonly Tried[]): boolean {
  const middle = (tried.length - 1) / 2;
  return tried.reduce((sum, { perWeek }, index) => sum + (index - middle) * perWeek, 0) <= 0;
}

/** Removes the values at either end that raise nothing, except the first of each. */
function withoutQuietEnds(tried: readonly Tried[]): readonly Tried[] {
  const first = tried.findIndex(({ alerts }) => alerts > 0);
  const last = tried.findLastIndex(({ alerts }) => alerts > 0);
  return first < 0 ? tried : tried.slice(Math.max(0, first - 1), last + 2);
}

/** The standard normal distribution's 97.5th percentile. */
const Z = 1.96;

/**
 * The 95% confidence interval for the mean of a Poisson distribution given a count: Byar's approximation to the exact bounds (N.
 * E. Breslow and N. E. Day, "Statistical Methods in Cancer Research" II, 1987, p. 69).
 */
export function countBounds(counted: number): readonly [low: number, high: number] {
  const cubed = (n: number, side: 1 | -1): number =>
    n * (1 - 1 / (9 * n) + (side * Z) / (3 * Math.sqrt(n))) ** 3;
  return [counted === 0 ? 0 : cubed(counted, -1), cubed(counted + 1, 1)];
}
