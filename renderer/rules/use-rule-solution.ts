import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import { useMonitor } from '../api/monitor-context.ts';

/** Requests the value of a parameter at which a rule raises alerts at the wanted rate. */
export function useRuleSolution() {
  const { client } = useMonitor();
  const [editor] = useState(() => crypto.randomUUID());
  return useMutation({
    networkMode: 'always',
    mutationFn: (input: Omit<ProcedureInput<'rules.solve'>, 'editor'>) =>
      client.call('rules.solve', { ...input, editor }),
  });
}
