import { type BenchResult, median } from '../result.ts';

/** A figure that was measured in two commits. */
export type Comparison = {
  readonly name: string;
  readonly unit: string;
  /** Medians of all rounds. */
  readonly before: number;
  readonly after: number;
  /** How much better the later commit is: 2 means twice the rate, or half the milliseconds or megabytes. */
  readonly ratio: number;
  /** The same for each round. */
  readonly ratios: readonly number[];
};

/** What both commits measured in one round. */
export type Round = { readonly before: readonly BenchResult[]; readonly after: readonly BenchResult[] };

/** Earlier names of figures that measured the same, with their current names. */
const EARLIER_NAMES: ReadonlyMap<string, string> = new Map([
  ['ingest', 'ingest, polls of 500 coins every 10 s'],
]);

/** Compares the figures that both commits have under one name and unit, in the order of the later one. */
export function compareResults(rounds: readonly Round[]): readonly Comparison[] {
  const figures = new Map(rounds.flatMap(({ after }) => after.map((result) => [keyOf(result), result])));
  return [...figures].flatMap(([key, { name, unit }]) => {
    const pairs = rounds.flatMap((round) => {
      const [before, after] = [round.before, round.after].map(
        (results) => results.find((result) => keyOf(result) === key)?.value,
      );
      return before === undefined || after === undefined ? [] : [{ before, after }];
    });
    if (pairs.length === 0) return [];
    const ratios = pairs.map(({ before, after }) => (isCost(unit) ? before / after : after / before));
    return [
      {
        name,
        unit: plainUnit(unit),
        before: median(pairs.map(({ before }) => before)),
        after: median(pairs.map(({ after }) => after)),
        ratio: median(ratios),
        ratios,
      },
    ];
  });
}

/** Whether less is better, as with time and memory; more is better of everything else. */
function isCost(unit: string): boolean {
  return /^(ms|MB|kB)\b/.test(unit);
}

/** Drops the part of a unit that says what it was measured on, which varies between runs: `MB in 9 processes` becomes `MB`. */
function plainUnit(unit: string): string {
  return unit.replace(/ (in \d.*|\(.*)$/, '');
}

function keyOf({ name, unit }: BenchResult): string {
  return `${EARLIER_NAMES.get(name) ?? name}\n${plainUnit(unit)}`;
}
