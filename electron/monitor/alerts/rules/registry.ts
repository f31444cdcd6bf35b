import { bollinger } from './bollinger.ts';
import { change } from './change.ts';
import type { CoinRuleKind } from './coin-rule-kind.ts';
import { combination } from './combination.ts';
import { drawdown } from './drawdown.ts';
import { highLow } from './high-low.ts';
import { level } from './level.ts';
import { macd } from './macd.ts';
import { movingAverage } from './moving-average.ts';
import { noData } from './no-data.ts';
import { rsi } from './rsi.ts';
import type { RuleKind } from './rule-kind.ts';
import { spread } from './spread.ts';
import { unusualMove } from './unusual-move.ts';
import { volatility } from './volatility.ts';
import { volume } from './volume.ts';

// Each kind has its own parameters and state; code that uses a kind from this list knows neither.
const kinds = [
  movingAverage,
  change,
  level,
  highLow,
  drawdown,
  unusualMove,
  rsi,
  macd,
  bollinger,
  volatility,
  volume,
] as unknown as readonly RuleKind[];

// Those about a coin as a whole, likewise.
const coinKinds = [noData, spread, combination] as unknown as readonly CoinRuleKind[];

/** The kinds of rules, by id. A new kind is one file in `rules/` and an entry in one of the lists above. */
export const RULE_KINDS: ReadonlyMap<string, RuleKind | CoinRuleKind> = new Map(
  [...kinds, ...coinKinds].map((kind) => [kind.id, kind]),
);
