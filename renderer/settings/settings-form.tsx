import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { ProcedureInput, SettingsView } from '../../shared/api.ts';
import type { SettingName } from '../../shared/settings.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { ApiKeyField } from './api-key-field.tsx';
import { lockedReason, SETTING_FIELDS } from './setting-fields.ts';
import { SettingInput } from './setting-input.tsx';
import { changesOf, draftOf, type FieldErrors, settingNamed } from './settings-draft.ts';
import classes from './settings-form.module.css';
import { SETTINGS_KEY } from './settings-query.ts';

type SettingsFormProps = { readonly view: SettingsView; readonly onClose: () => void };

/** All settings in fields. Saves what was changed, and tells what counts only from the next start. */
export function SettingsForm({ view, onClose }: SettingsFormProps) {
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(view.settings));
  const [fieldErrors, setFieldErrors] = useState<FieldErrors>({});
  const saving = useMutation({
    networkMode: 'always',
    mutationFn: (changes: ProcedureInput<'settings.set'>) => client.call('settings.set', changes),
    onSuccess: (saved) => {
      queryClient.setQueryData(SETTINGS_KEY, saved);
      setDraft(draftOf(saved.settings));
      if (saved.needRestart.length === 0) onClose();
    },
  });
  const refusedField = saving.error === null ? undefined : settingNamed(saving.error.message);

  const save = (event: FormEvent): void => {
    event.preventDefault();
    const result = changesOf(draft, view.settings);
    setFieldErrors(result.ok ? {} : result.errors);
    if (!result.ok) return;
    if (Object.keys(result.changes).length === 0) onClose();
    else saving.mutate(result.changes);
  };

  return (
    <form className={classes.form} onSubmit={save}>
      {saving.error !== null && refusedField === undefined && (
        <p className={classes.refused} role="alert">
          {saving.error.message}
        </p>
      )}
      <div className={classes.fields}>
        {SETTING_FIELDS.map((field) => (
          <SettingInput
            key={field.name}
            field={field}
            value={draft[field.name]}
            error={
              fieldErrors[field.name] ?? (refusedField === field.name ? saving.error?.message : undefined)
            }
            locked={lockedReason(view.origins[field.name])}
            onChange={(value) => setDraft((before) => ({ ...before, [field.name]: value }))}
          />
        ))}
      </div>
      <ApiKeyField secrets={view.secrets} />
      {view.needRestart.length > 0 && (
        <p className={classes.restart} role="status">
          Counts from the next start of the program: {view.needRestart.map(labelOf).join(', ')}.
        </p>
      )}
      <footer className={classes.footer}>
        <span>Data folder: {view.dataDir}</span>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
        <Button type="submit" loading={saving.isPending}>
          Save
        </Button>
      </footer>
    </form>
  );
}

const labelOf = (name: string): string =>
  SETTING_FIELDS.find((field) => field.name === (name as SettingName))?.label ?? name;
