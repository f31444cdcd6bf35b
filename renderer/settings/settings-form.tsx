import { Button } from '@mantine/core';
import { type FormEvent, type RefObject, useEffect, useRef } from 'react';
import type { SettingsView } from '../../shared/contract/settings-view.ts';
import { t, text } from '../../shared/messages/message.ts';
import type { SettingName } from '../../shared/settings/settings.ts';
import { ApiKeyField } from './api-key-field.tsx';
import { FieldMessage } from './field-message.tsx';
import { lockedReason, placeOf, SETTING_FIELDS } from './setting-fields.ts';
import { SettingInput } from './setting-input.tsx';
import { corrected } from './settings-draft.ts';
import classes from './settings-form.module.css';
import { useSettingsEdit } from './use-settings-edit.ts';

type SettingsFormProps = {
  readonly view: SettingsView;
  /** Set to whether there are unsaved changes. */
  readonly hasUnsaved: RefObject<boolean>;
  /** Called when everything is saved and takes effect without a restart. */
  readonly onDone: () => void;
  /** Called when the user wants to close the dialog; there may be unsaved changes. */
  readonly onClose: () => void;
};

/** The form of all settings. Saves the changes, and lists those that take effect at the next start. */
export function SettingsForm({ view, hasUnsaved, onDone, onClose }: SettingsFormProps) {
  const edit = useSettingsEdit(view, onDone);
  const { draft, refusal } = edit;
  const form = useRef<HTMLFormElement>(null);
  // Nothing can be changed then, which is shown once instead of at each field.
  const isOfInstallation = view.origins.coins === 'installation';

  useEffect(() => {
    hasUnsaved.current = edit.hasUnsaved;
  });

  useEffect(() => {
    if (form.current === null || !refusal.isNew) return;
    const name = SETTING_FIELDS.find((field) => field.name in refusal.fields)?.name;
    if (name !== undefined) showField(form.current, `[data-setting="${name}"]`);
    else if (refusal.general !== null) showField(form.current, '[role="alert"]');
  }, [refusal]);

  const save = (event: FormEvent): void => {
    event.preventDefault();
    edit.save();
  };

  return (
    <form className={classes.form} ref={form} onSubmit={save} noValidate>
      {isOfInstallation && (
        <p className={classes.restart} role="note">
          {t('settings.set-by-installation')}
        </p>
      )}
      <div className={classes.fields}>
        {SETTING_FIELDS.map((field) => {
          const error = refusal.fields[field.name];
          return (
            <SettingInput
              key={field.name}
              field={field}
              value={draft[field.name]}
              coins={[...draft.coins]}
              search={edit.coinSearch}
              error={
                error && (
                  <FieldMessage
                    error={error}
                    onCorrect={(suggestion) =>
                      edit.change(field.name, corrected(draft[field.name], suggestion))
                    }
                  />
                )
              }
              locked={
                isOfInstallation
                  ? t(`field.${field.name}.hint`)
                  : lockedReason(view.origins[placeOf(field.name).setting])
              }
              onChange={(value) => edit.change(field.name, value)}
            />
          );
        })}
      </div>
      {!isOfInstallation && <ApiKeyField view={view} {...edit.apiKey} />}
      {view.needRestart.length > 0 && (
        <p className={classes.restart} role="status">
          {t('settings.need-restart', { labels: view.needRestart.map(labelOf) })}
        </p>
      )}
      {refusal.general !== null && (
        <p className={classes.refused} role="alert" tabIndex={-1}>
          {text(refusal.general)}
        </p>
      )}
      <div className={classes.footer}>
        <span>{t('settings.data-folder', { path: view.dataDir })}</span>
        <Button variant="default" onClick={onClose}>
          {t('page.close')}
        </Button>
        {!isOfInstallation && (
          <Button type="submit" loading={edit.isSaving}>
            {t('settings.save')}
          </Button>
        )}
      </div>
    </form>
  );
}

/** Focuses a field and scrolls it into view with its label and message. */
function showField(form: HTMLElement, selector: string): void {
  const field = form.querySelector<HTMLElement>(selector);
  field?.focus({ preventScroll: true });
  field?.scrollIntoView({ block: 'center' });
}

function labelOf(name: string): string {
  const field = SETTING_FIELDS.find((each) => each.name === (name as SettingName));
  return field === undefined ? name : t(`field.${field.name}`);
}
