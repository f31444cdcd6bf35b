import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import type { SettingsView } from '../../shared/contract/settings-view.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { SETTINGS_KEY } from '../settings/settings-query.ts';

/** What can be done with rules. The list follows when the monitor has done it. */
export function useRuleActions() {
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  const onSuccess = (saved: SettingsView): void => {
    queryClient.setQueryData(SETTINGS_KEY, saved);
  };
  return {
    saving: useMutation({
      networkMode: 'always',
      mutationFn: (input: ProcedureInput<'rules.save'>) => client.call('rules.save', input),
      onSuccess,
    }),
    adding: useMutation({
      networkMode: 'always',
      mutationFn: (rules: ProcedureInput<'rules.add'>['rules']) => client.call('rules.add', { rules }),
      onSuccess,
    }),
    removing: useMutation({
      networkMode: 'always',
      mutationFn: (id: string) => client.call('rules.remove', { id }),
      onSuccess,
    }),
  };
}
