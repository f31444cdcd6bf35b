import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../shared/contract/api-error.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import type { RulePreview } from '../../shared/domain/rule-view.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { RULE_PREVIEW_KEY } from './rules-query.ts';

/** Users type a digit every 100 to 250 ms. */
const PAUSE_MS = 350;
const FRESH_MS = 60_000;
const MAX_RETRIES = 2;

export type RulePreviewState = {
  /** The preview of the previous rule until that of the current one is available; undefined before the first. */
  readonly preview: RulePreview | undefined;
  readonly error: Error | null;
  /** Whether `preview` is not that of the current rule. */
  readonly isPending: boolean;
};

/** What a rule would have raised for a coin in the last week, computed when editing pauses. */
export function useRulePreview(rule: Rule | null, coinId: string | null): RulePreviewState {
  const { client } = useMonitor();
  const [editor] = useState(() => crypto.randomUUID());
  // The name and the severity do not affect the preview.
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
    // A preview that was superseded by another one may be needed again.
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
