import type { RuleSolution } from '../../../shared/domain/rule-solution.ts';

/** Lower rates are drawn as this one, because a logarithmic scale has no zero. */
const MIN_RATE = 0.1;

/** Positions in a chart of alerts a week by the value of a parameter, from the left and from the top. Both are logarithmic. */
export type RateScale = {
  x(value: number): number;
  y(perWeek: number): number;
  readonly min: number;
  readonly max: number;
};

/** The scale of a curve; a value of 0 is placed at the left end. */
export function rateScale({ curve }: Pick<RuleSolution, 'curve'>): RateScale {
  const values = curve.map(({ value }) => value).filter((value) => value > 0);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  const maxRate = Math.max(1, ...curve.map(({ perWeek }) => perWeek));
  return {
    min,
    max,
    x: (value) => (max === min ? 0.5 : share(Math.log(value / min), Math.log(max / min))),
    y: (perWeek) => 1 - share(Math.log(Math.max(perWeek, MIN_RATE) / MIN_RATE), Math.log(maxRate / MIN_RATE)),
  };
}

const share = (part: number, whole: number): number => Math.min(1, Math.max(0, part / whole));
