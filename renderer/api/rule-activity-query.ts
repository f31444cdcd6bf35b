import { queryOptions } from '@tanstack/react-query';
import type { Client } from './client.ts';

export const RULE_ACTIVITY_KEY = ['rules.activity'] as const;

/** What the rules have raised, including deleted ones. */
export function ruleActivityQuery(client: Client) {
  return queryOptions({
    queryKey: RULE_ACTIVITY_KEY,
    queryFn: () => client.call('rules.activity', {}),
  });
}
