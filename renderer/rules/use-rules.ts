import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Rule } from '../../shared/domain/rule.ts';
import type { RuleActivity, RuleKindView } from '../../shared/domain/rule-view.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import type { Watchlist } from '../../shared/settings/watchlists.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { ruleActivityQuery } from '../api/rule-activity-query.ts';
import { lockedReason } from '../settings/setting-fields.ts';
import { settingsQuery } from '../settings/settings-query.ts';
import { ruleKindsQuery } from './rules-query.ts';

export type RulesData = {
  /** Those of the settings and the default one. */
  readonly rules: readonly Rule[];
  /** Ids of those in the settings: they can be removed. */
  readonly own: ReadonlySet<string>;
  readonly kinds: readonly RuleKindView[];
  /** By the rule's id; null while it is unknown. */
  readonly activity: ReadonlyMap<string, RuleActivity> | null;
  readonly watched: readonly string[];
  readonly watchlists: readonly Watchlist[];
  /** Why rules cannot be changed here; null when they can. */
  readonly locked: string | null;
};

/** The rules with all that is shown of them; undefined before it has arrived. */
export function useRules(): { readonly data: RulesData | undefined; readonly trouble: Error | null } {
  const { client } = useMonitor();
  const settings = useQuery(settingsQuery(client));
  const kinds = useQuery(ruleKindsQuery(client));
  const activity = useQuery(ruleActivityQuery(client));
  const data = useMemo((): RulesData | undefined => {
    if (settings.data === undefined || kinds.data === undefined) return undefined;
    const { settings: inForce, origins } = settings.data;
    return {
      rules: rulesInForce(inForce),
      own: new Set(inForce.rules.map(({ id }) => id)),
      kinds: kinds.data,
      activity: activity.data === undefined ? null : new Map(activity.data.map((each) => [each.rule, each])),
      watched: inForce.coins,
      watchlists: inForce.watchlists,
      locked: lockedReason(origins.rules),
    };
  }, [settings.data, kinds.data, activity.data]);
  const trouble = settings.error ?? settings.failureReason ?? kinds.error ?? kinds.failureReason;
  return { data, trouble };
}

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
