import type { Direction } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import { RULE_KINDS } from '../alerts/rules/registry.ts';
import { CALM, DOWN, NEAR, UP } from '../alerts/rules/rule-kind.ts';
import { run } from './backtest.ts';
import { eachTick, type PriceSeries } from './price-series.ts';

export type SidesAtEndJob = {
  readonly rule: Rule;
  /** Rules that it may refer to. */
  readonly others: readonly Rule[];
  readonly series: readonly PriceSeries[];
};

/** The state of a rule's condition after the last price of a series. */
export type SideAtEnd = { readonly holds: boolean; readonly side: Direction | null };

/** Whether, and on which side, the condition of a rule holds after the last price of each series. */
export function sidesAtEnd({ rule, others, series }: SidesAtEndJob): readonly SideAtEnd[] {
  return series.map((one) => {
    const side = sideAtEnd(rule, others, one);
    return {
      holds: side !== CALM && side !== NEAR,
      side: side === UP ? 'up' : side === DOWN ? 'down' : null,
    };
  });
}

function sideAtEnd(rule: Rule, others: readonly Rule[], series: PriceSeries): number {
  const saved = run([rule], series, others).engine.save(series.coinId);
  const known = [saved?.whole?.track, saved?.tracks[0]]
    .map((track) => track?.rules[rule.id])
    .find((one) => one !== undefined);
  const kind = RULE_KINDS.get(rule.kind);
  if (known === undefined || kind === undefined || !('cross' in kind)) return known?.side ?? CALM;
  // A kind that evaluates a single price: a level holds on the side where the price is, whether or not it was crossed.
  let held: number = known.side;
  const last = series.times.length - 1;
  eachTick(
    series,
    (tick) => {
      held = kind.cross?.(known.state, tick, kind.params.parse(rule.params)) ?? held;
    },
    last,
  );
  return held;
}
