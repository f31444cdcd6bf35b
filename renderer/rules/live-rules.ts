import { invalidate } from '../api/invalidate.ts';
import type { LiveFeature } from '../api/live-updates.ts';
import { RULE_ACTIVITY_KEY } from '../api/rule-activity-query.ts';
import { RULE_PHASES_KEY, RULE_PREVIEW_KEY } from './rules-query.ts';

/** Invalidates the counts and states of rules after each new alert, and the counts and previews when the database becomes ready. */
export const liveRules: LiveFeature = ({ queryClient, client, onDatabaseReady }) => {
  const refetchCounts = (): void => invalidate(queryClient, RULE_ACTIVITY_KEY);
  const refetchPhases = (): void => invalidate(queryClient, RULE_PHASES_KEY);
  client.on('alert', refetchCounts);
  client.on('alert', refetchPhases);
  client.on('alert-resolved', refetchPhases);
  onDatabaseReady(() => {
    refetchCounts();
    invalidate(queryClient, RULE_PREVIEW_KEY);
  });
};
