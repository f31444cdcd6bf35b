import { queryOptions } from '@tanstack/react-query';
import type { Client } from '../api/client.ts';

export const RULE_PREVIEW_KEY = ['rules.preview'] as const;
export const RULE_PHASES_KEY = ['rules.phases'] as const;

/** While the rules are on screen, it shows how they stand. */
const REFRESH_MS = 2_000;

/** How it stands with each rule and coin. */
export function rulePhasesQuery(client: Client) {
  return queryOptions({
    queryKey: RULE_PHASES_KEY,
    queryFn: () => client.call('rules.phases', {}),
    refetchInterval: REFRESH_MS,
  });
}

/** The kinds of rules; they are those of the program, and do not change while it runs. */
export function ruleKindsQuery(client: Client) {
  return queryOptions({
    queryKey: ['rules.kinds'],
    queryFn: () => client.call('rules.kinds', {}),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
