import type { Rule } from '../../../shared/domain/rule.ts';
import type { RuleActivity, RuleKindView } from '../../../shared/domain/rule-view.ts';
import type { Watchlist } from '../../../shared/settings/watchlists.ts';

/** The data of the dialog of rules. */
export type RulesData = {
  /** The rules of the settings, and the default one. */
  readonly rules: readonly Rule[];
  /** Ids of the rules in the settings, which can be removed. */
  readonly own: ReadonlySet<string>;
  readonly kinds: readonly RuleKindView[];
  /** By rule id; null while it is unknown. */
  readonly activity: ReadonlyMap<string, RuleActivity> | null;
  readonly watched: readonly string[];
  readonly watchlists: readonly Watchlist[];
  /** Why rules cannot be changed here; null if they can. */
  readonly locked: string | null;
};

/** The coins that a rule is for. */
export function coinsOf(
  rule: Rule,
  { watched, watchlists }: Pick<RulesData, 'watched' | 'watchlists'>,
): readonly string[] {
  if (rule.scope === 'all') return watched;
  if (!('watchlist' in rule.scope)) return rule.scope;
  const { watchlist } = rule.scope;
  return watchlists.find(({ id }) => id === watchlist)?.coins ?? [];
}
