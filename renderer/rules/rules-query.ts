import { queryOptions } from '@tanstack/react-query';
import type { Client } from '../api/client.ts';

export const RULE_PREVIEW_KEY = ['rules.preview'] as const;

/** The kinds of rules; they are those of the program, and do not change while it runs. */
export function ruleKindsQuery(client: Client) {
  return queryOptions({
    queryKey: ['rules.kinds'],
    queryFn: () => client.call('rules.kinds', {}),
    staleTime: Number.POSITIVE_INFINITY,
  });
}
