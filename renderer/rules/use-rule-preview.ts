import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../shared/contract/api-error.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import type { RulePreview } from '../../shared/domain/rule-view.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { RULE_PREVIEW_KEY } from './rules-query.ts';

/** A person types a digit every 100 to 250 ms. */
const PAUSE_MS = 350;
const FRESH_MS = 60_000;
const MAX_RETRIES = 2;

export type RulePreviewState = {
  /** That of the rule before while the one of the present rule is made; undefined before the first. */
  readonly preview: RulePreview | undefined;
  readonly error: Error | null;
  /** Whether `preview` is not that of the present rule. */
  readonly isPending: boolean;
};

/** What a rule would have raised for a coin in the last week, when its editing pauses. */
export function useRulePreview(rule: Rule | null, coinId: string | null): RulePreviewState {
  const { client } = useMonitor();
  const [editor] = useState(() => crypto.randomUUID());
  // Neither name nor severity changes what it raises.
  const wanted = rule === null ? '' : JSON.stringify({ ...rule, id: 'preview', severity: 'info' });
  const [settled] = useDebouncedValue(wanted, PAUSE_MS);
  const { data, error, isFetching, isPlaceholderData } = useQuery({
    queryKey: [...RULE_PREVIEW_KEY, coinId, settled],
    queryFn: () =>
      client.call('rules.preview', { editor, rule: JSON.parse(settled) as Rule, coinId: coinId ?? '' }),
    enabled: settled !== '' && coinId !== null,
    placeholderData: keepPreviousData,
    staleTime: FRESH_MS,
    gcTime: FRESH_MS,
    // One that was cancelled for another rule may be wanted again by now.
    retry: (failures, cause) => failures < MAX_RETRIES && isSuperseded(cause),
  });
  return {
    preview: data,
    error,
    isPending: settled !== wanted || isFetching || (isPlaceholderData && error === null),
  };
}

const isSuperseded = (cause: Error): boolean =>
  cause instanceof ApiError && cause.content.code === 'backtest.superseded';
