import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ApiError } from '../../shared/contract/api-error.ts';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import type { SettingsView } from '../../shared/contract/settings-view.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { SETTINGS_KEY } from '../settings/settings-query.ts';

/** The changes to rules. The list is updated when the monitor has saved them. */
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
      onError(error) {
        // Refetches the list, which another page has changed.
        if (error instanceof ApiError && error.code === 'conflict')
          void queryClient.invalidateQueries({ queryKey: SETTINGS_KEY });
      },
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
