import type { RuleSolution } from '../../../shared/domain/rule-solution.ts';

/** Rates below this are as good as none on a chart: a logarithm needs an end. */
const MIN_RATE = 0.1;

/** Places in a chart of alerts a week against the value of a parameter; both logarithmic, from the left and from the top. */
export type RateScale = {
  x(value: number): number;
  y(perWeek: number): number;
  readonly least: number;
  readonly most: number;
};

/** The scale of a curve; a value of 0 is placed at the left end. */
export function rateScale({ curve }: Pick<RuleSolution, 'curve'>): RateScale {
  const values = curve.map(({ value }) => value).filter((value) => value > 0);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const highest = Math.max(1, ...curve.map(({ perWeek }) => perWeek));
  return {
    least,
    most,
    x: (value) => (most === least ? 0.5 : share(Math.log(value / least), Math.log(most / least))),
    y: (perWeek) => 1 - share(Math.log(Math.max(perWeek, MIN_RATE) / MIN_RATE), Math.log(highest / MIN_RATE)),
  };
}

const share = (part: number, whole: number): number => Math.min(1, Math.max(0, part / whole));
