import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiError } from '../../shared/contract/api-error.ts';
import type { ProcedureInput } from '../../shared/contract/procedures.ts';
import type { SettingsView } from '../../shared/contract/settings-view.ts';
import { type Message, message } from '../../shared/messages/message.ts';
import { messageOf } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { type FieldName, lockedReason, placeOf } from './setting-fields.ts';
import { changesOf, draftOf, errorsOfRefusal, type FieldErrors, isChanged } from './settings-draft.ts';
import { SETTINGS_KEY } from './settings-query.ts';
import { useCurrencies } from './use-currencies.ts';

type ToSave = { readonly changes: ProcedureInput<'settings.set'>; readonly apiKey: string };

/** The settings that are merged, because another page may change other parts of them while the dialog is open. */
const partedOf = ({ coins, exchanges, marketAlerts, inhibition }: SettingsView['settings']) => ({
  coins,
  exchanges,
  marketAlerts,
  inhibition,
});

/** Why the changes were not saved. */
export type Refusal = {
  readonly fields: FieldErrors;
  /** The error when it is not about a field, or null. */
  readonly general: Message | null;
  /** True until a field is edited. After that the focus must not jump to another invalid field. */
  readonly isNew: boolean;
};

const ACCEPTED: Refusal = { fields: {}, general: null, isNew: false };

/** The state of the settings form and its actions. `onDone` is called when no notice is left to show. */
export function useSettingsEdit(view: SettingsView, onDone: () => void) {
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  const currencies = useCurrencies();
  // The initial values of the fields: changes that another page saves meanwhile do not count as changes of this one.
  const [shown, setShown] = useState(view.settings);
  const [draft, setDraft] = useState(() => draftOf(shown));
  const [coinText, setCoinText] = useState('');
  const [apiKey, setApiKey] = useState('');
  const [refusal, setRefusal] = useState<Refusal>(ACCEPTED);
  const saving = useMutation({
    networkMode: 'always',
    // In one call, because a key for another server is accepted only together with the new address.
    mutationFn: ({ changes, apiKey }: ToSave) =>
      client.call('settings.set', {
        ...changes,
        shown: partedOf(shown),
        ...(apiKey !== '' && { coingeckoApiKey: apiKey }),
      }),
    onSuccess(saved) {
      queryClient.setQueryData(SETTINGS_KEY, saved);
      setShown(saved.settings);
      setDraft(draftOf(saved.settings));
      setApiKey('');
      if (saved.needRestart.length === 0) onDone();
    },
    onError(error) {
      const fields = error instanceof ApiError ? errorsOfRefusal(error) : {};
      setRefusal({
        fields,
        general: Object.keys(fields).length === 0 ? messageOf(error) : null,
        isNew: true,
      });
    },
  });

  const save = (): void => {
    const result = changesOf(draft, shown, isLocked(view, 'vsCurrency') ? [] : currencies);
    const unfinished: FieldErrors =
      coinText.trim() === ''
        ? {}
        : { coins: { message: message('setting.coin-not-added', { typed: coinText.trim() }) } };
    const fields = { ...(result.ok ? {} : result.errors), ...unfinished };
    const isRefused = Object.keys(fields).length > 0;
    setRefusal(isRefused ? { fields, general: null, isNew: true } : ACCEPTED);
    if (isRefused || !result.ok) return;
    const key = apiKey.trim();
    if (Object.keys(result.changes).length === 0 && key === '') onDone();
    else saving.mutate({ changes: result.changes, apiKey: key });
  };

  const change = (name: FieldName, value: string | readonly string[]): void => {
    setDraft((before) => ({ ...before, [name]: value }));
    setRefusal(({ fields: { [name]: _cleared, ...fields }, general }) => ({ fields, general, isNew: false }));
  };

  return {
    draft,
    change,
    coinSearch: { typed: coinText, onType: setCoinText },
    apiKey: { typed: apiKey, onType: setApiKey },
    refusal,
    isSaving: saving.isPending,
    hasUnsaved: isChanged(draft, shown) || coinText.trim() !== '' || apiKey.trim() !== '',
    save,
  };
}

const isLocked = ({ origins }: SettingsView, name: FieldName): boolean =>
  lockedReason(origins[placeOf(name).setting]) !== null;
