import type { Rule } from '../../../shared/domain/rule.ts';
import { ruleMemoryMs } from '../alerts/bound-rule.ts';
import type { SeenPrices } from '../alerts/engine.ts';
import type { RulesBySource } from './saved-coin.ts';
import type { WatchConfig } from './watched.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The log covers this much for a new rule, and less is not worth a replay. */
const LOG_MS = 30 * MINUTE_MS;
/** Upper bound on backfilled history, also for rules with windows of years. */
const LONGEST_MS = 60 * DAY_MS;
/** A window is filled by a price as old as the window is long: one from the hour before it. */
const MARGIN_MS = HOUR_MS;

/** The history that rules of a coin need and have not seen. */
export type MissingPast = {
  readonly coinId: string;
  /** All sources of the coin. */
  readonly sources: readonly string[];
  readonly rules: RulesBySource;
  /** The start of the history that the rules need. */
  readonly from: number;
  /** Prices before this time are new to at least one of the rules. */
  readonly until: number;
  /** Whether one of the rules is new for the coin. */
  readonly isMade: boolean;
};

/**
 * The history that rules need and have not seen, by coin; none for a coin without a price.
 *
 * @param before the configuration that `seen` belongs to
 * @param after the configuration that will be watched
 */
export function missingPast(
  before: WatchConfig,
  after: WatchConfig,
  seen: (coinId: string) => readonly SeenPrices[],
  now: number,
): readonly MissingPast[] {
  const { vsCurrency } = after;
  if (before.vsCurrency !== vsCurrency) return [];
  const looking = after.rules
    .filter(({ enabled }) => enabled)
    .map((rule) => ({
      rule,
      from: now - Math.min(LONGEST_MS, ruleMemoryMs(rule, after.rules)),
      // Compared once: hundreds of coins have the same rules.
      earlier: before.rules.filter((one) => isSameRule(one, rule)),
    }))
    .filter(({ from }) => from < now - LOG_MS);
  return after.coins.flatMap((coinId): MissingPast[] => {
    const own = looking.filter(({ rule }) => concerns(rule, coinId));
    if (own.length === 0) return [];
    const tracks = seen(coinId).filter((track) => track.vsCurrency === vsCurrency);
    const rules = new Map<string, ReadonlySet<string>>();
    let from = now;
    let until = Number.NEGATIVE_INFINITY;
    let isMade = false;
    for (const track of tracks) {
      const missing = own.flatMap(({ rule, from: wantedFrom, earlier }) => {
        const wasThere = earlier.some((one) => concerns(one, coinId));
        const seenFrom = wasThere ? (track.from.get(rule.id) ?? Number.NEGATIVE_INFINITY) : now;
        return seenFrom - wantedFrom > LOG_MS ? [{ id: rule.id, wantedFrom, seenFrom, wasThere }] : [];
      });
      if (missing.length === 0) continue;
      rules.set(track.source, new Set(missing.map(({ id }) => id)));
      from = Math.min(from, ...missing.map(({ wantedFrom }) => wantedFrom));
      until = Math.max(until, ...missing.map(({ seenFrom }) => seenFrom));
      isMade ||= missing.some(({ wasThere }) => !wasThere);
    }
    if (rules.size === 0) return [];
    const sources = tracks.map(({ source }) => source);
    return [{ coinId, sources, rules, from: from - MARGIN_MS, until, isMade }];
  });
}

/** Watchlists were replaced by their coins. */
const concerns = ({ scope }: Rule, coinId: string): boolean =>
  scope === 'all' || (!('watchlist' in scope) && scope.includes(coinId));

/** Whether one rule continues the state of the other, for coins that both concern. */
const isSameRule = (one: Rule, other: Rule): boolean =>
  one.enabled &&
  one.id === other.id &&
  one.kind === other.kind &&
  JSON.stringify(one.params) === JSON.stringify(other.params);
