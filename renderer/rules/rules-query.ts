import { queryOptions } from '@tanstack/react-query';
import type { Client } from '../api/client.ts';

export const RULE_PREVIEW_KEY = ['rules.preview'] as const;
export const RULE_PHASES_KEY = ['rules.phases'] as const;

/** How often the states are fetched while rules are on screen. */
const REFRESH_MS = 2_000;

/** The state of each rule for each coin. */
export function rulePhasesQuery(client: Client) {
  return queryOptions({
    queryKey: RULE_PHASES_KEY,
    queryFn: () => client.call('rules.phases', {}),
    refetchInterval: REFRESH_MS,
  });
}

/** The kinds of rules, which do not change while the program runs. */
export function ruleKindsQuery(client: Client) {
  return queryOptions({
    queryKey: ['rules.kinds'],
    queryFn: () => client.call('rules.kinds', {}),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
