import type { LiveFeature } from '../api/live-updates.ts';
import { outdate } from '../api/outdate.ts';
import { RULE_ACTIVITY_KEY } from '../api/rule-activity-query.ts';
import { RULE_PHASES_KEY, RULE_PREVIEW_KEY } from './rules-query.ts';

/** Fetches the counts and states of rules, where shown, after each new alert and when the database becomes ready. */
export const liveRules: LiveFeature = ({ queryClient, client, onDatabaseReady }) => {
  const countAgain = (): void => outdate(queryClient, RULE_ACTIVITY_KEY);
  const lookAgain = (): void => outdate(queryClient, RULE_PHASES_KEY);
  client.on('alert', countAgain);
  client.on('alert', lookAgain);
  client.on('alert-resolved', lookAgain);
  onDatabaseReady(() => {
    countAgain();
    outdate(queryClient, RULE_PREVIEW_KEY);
  });
};
