import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { ruleActivityQuery } from '../api/rule-activity-query.ts';
import { lockedReason } from '../settings/setting-fields.ts';
import { settingsQuery } from '../settings/settings-query.ts';
import type { RulesData } from './model/rules-data.ts';
import { ruleKindsQuery } from './rules-query.ts';

/** How often alerts are counted: they are stored after their event, on a busy machine some seconds later. */
const COUNT_MS = 5_000;

/** The data of the dialog of rules; undefined until it is loaded. */
export function useRules(): { readonly data: RulesData | undefined; readonly trouble: Error | null } {
  const { client } = useMonitor();
  const settings = useQuery(settingsQuery(client));
  const kinds = useQuery(ruleKindsQuery(client));
  const activity = useQuery({ ...ruleActivityQuery(client), refetchInterval: COUNT_MS });
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
