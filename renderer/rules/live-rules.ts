import type { LiveFeature } from '../api/live-updates.ts';
import { RULE_ACTIVITY_KEY } from '../api/rule-activity-query.ts';
import { RULE_PREVIEW_KEY } from './rules-query.ts';

/** Counts again after each new alert, and tries again when the database is ready, where that is shown. */
export const liveRules: LiveFeature = ({ queryClient, client, onDatabaseReady }) => {
  const countAgain = (): void => void queryClient.invalidateQueries({ queryKey: RULE_ACTIVITY_KEY });
  client.on('alert', countAgain);
  onDatabaseReady(() => {
    countAgain();
    void queryClient.invalidateQueries({ queryKey: RULE_PREVIEW_KEY });
  });
};
