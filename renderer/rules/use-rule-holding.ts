import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import type { Rule } from '../../shared/domain/rule.ts';
import type { HeldCoin } from '../../shared/domain/rule-view.ts';
import { useMonitor } from '../api/monitor-context.ts';

/** Users type a digit every 100 to 250 ms. */
const PAUSE_MS = 350;
const FRESH_MS = 30_000;
const MAX_COINS = 20;
const NONE: readonly HeldCoin[] = [];

/** Those of the first twenty coins for which the condition of a rule already holds, computed when editing pauses. */
export function useRuleHolding(rule: Rule | null, coinIds: readonly string[]): readonly HeldCoin[] {
  const { client } = useMonitor();
  const [editor] = useState(() => crypto.randomUUID());
  // A change that does not affect the condition causes no new request.
  const wanted =
    rule === null
      ? ''
      : JSON.stringify({
          rule: { id: 'holding', kind: rule.kind, params: rule.params, forSeconds: rule.forSeconds },
          coinIds: coinIds.slice(0, MAX_COINS),
        });
  const [settled] = useDebouncedValue(wanted, PAUSE_MS);
  const { data = NONE } = useQuery({
    queryKey: ['rules.holding', settled],
    queryFn: () =>
      client.call('rules.holding', {
        ...(JSON.parse(settled) as Omit<ProcedureInput<'rules.holding'>, 'editor'>),
        editor,
      }),
    enabled: settled !== '' && coinIds.length > 0,
    staleTime: FRESH_MS,
    gcTime: FRESH_MS,
    // The preview shows why prices cannot be read, and the errors of the rule.
    retry: false,
  });
  return settled === wanted && wanted !== '' ? data : NONE;
}
