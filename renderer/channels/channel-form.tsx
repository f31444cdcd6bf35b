import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type RefObject, useEffect, useRef } from 'react';
import type { ChannelView } from '../../shared/contract/channel-view.ts';
import type { ChannelKindView } from '../../shared/domain/channel.ts';
import { t, text } from '../../shared/messages/message.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { fieldErrorText } from '../parts/field-error-text.ts';
import { SchemaFieldInput } from '../parts/schema-field.tsx';
import type { SchemaField } from '../parts/schema-fields.ts';
import { settingsQuery } from '../settings/settings-query.ts';
import classes from './channels.module.css';
import { kindName } from './kind-name.ts';
import { RouteFields } from './route-fields.tsx';
import { SecretField } from './secret-field.tsx';
import { useChannelEdit } from './use-channel-edit.ts';

type ChannelFormProps = {
  /** Null for a new one. */
  readonly channel: ChannelView | null;
  readonly kinds: readonly ChannelKindView[];
  /** Names of the other channels, including built-in ones. */
  readonly taken: readonly string[];
  /** Set to whether there are unsaved changes. */
  readonly hasUnsaved: RefObject<boolean>;
  readonly onSaved: () => void;
  readonly onBack: () => void;
};

/** The form of a channel: the options of its kind, and which alerts it gets. */
export function ChannelForm({ channel, kinds, taken, hasUnsaved, onSaved, onBack }: ChannelFormProps) {
  const { client } = useMonitor();
  const { data: settings } = useQuery(settingsQuery(client));
  const edit = useChannelEdit(channel, { kinds, taken, onSaved });
  const { draft, refusal } = edit;
  const form = useRef<HTMLFormElement>(null);
  const canStore = settings === undefined || settings.secrets !== null;

  useEffect(() => {
    hasUnsaved.current = edit.hasUnsaved;
  });

  useEffect(() => {
    if (form.current === null || !refusal.isNew) return;
    const wrong = [...form.current.querySelectorAll<HTMLElement>('[data-field]')].find(
      ({ dataset }) => (dataset.field ?? '') in refusal.fields,
    );
    const place = wrong ?? form.current.querySelector<HTMLElement>('[role="alert"]');
    place?.focus({ preventScroll: true });
    place?.scrollIntoView({ block: 'center' });
  }, [refusal]);

  const errorAt = (path: string): string | undefined => {
    const error = refusal.fields[path];
    return error === undefined ? undefined : fieldErrorText(error);
  };
  const save = (event: FormEvent): void => {
    event.preventDefault();
    edit.save();
  };
  const optionInput = (field: SchemaField) => {
    const { name } = field;
    const shared = {
      field,
      value: draft.options[name] ?? (field.kind === 'list' ? [] : ''),
      error: errorAt(`options.${name}`),
      onChange: (value: string | readonly string[]) => edit.changeOption(name, value),
    };
    if (field.kind !== 'secret') return <SchemaFieldInput key={`${draft.kind} ${name}`} {...shared} />;
    return (
      <SecretField
        key={`${draft.kind} ${name}`}
        {...shared}
        variable={variableOf(edit.idFault === null ? draft.id.trim() : '', name)}
        origin={channel?.secrets[name]}
        canStore={canStore}
        isForgotten={draft.forgotten.includes(name)}
        onForget={(isForgotten) => edit.forget(name, isForgotten)}
      />
    );
  };

  return (
    <form className={classes.form} ref={form} onSubmit={save} noValidate>
      <div className={classes.fields}>
        <NativeSelect
          label={t('channels.kind')}
          data={kinds.map((each) => ({ value: each.kind, label: kindName(each.kind) }))}
          value={draft.kind}
          disabled={channel !== null}
          data-testid="channel-kind"
          onChange={(event) => edit.changeKind(event.currentTarget.value)}
        />
        <TextInput
          label={t('channels.id')}
          description={t('channels.id-hint')}
          error={errorAt('id') ?? (edit.idFault === null ? undefined : fieldErrorText(edit.idFault))}
          value={draft.id}
          required
          disabled={channel !== null}
          autoComplete="off"
          spellCheck={false}
          data-field="id"
          data-testid="channel-id"
          onChange={(event) => edit.change({ id: event.currentTarget.value }, 'id')}
        />
        {edit.fields.map(optionInput)}
      </div>
      <RouteFields draft={draft} settings={settings?.settings} errorAt={errorAt} onChange={edit.change} />
      <Switch
        label={t('channels.enabled')}
        checked={draft.enabled}
        onChange={(event) => edit.change({ enabled: event.currentTarget.checked }, 'enabled')}
      />
      {refusal.general !== null && (
        <p className={classes.trouble} role="alert" tabIndex={-1}>
          {text(refusal.general)}
        </p>
      )}
      <div className={classes.footer}>
        <Button variant="default" onClick={onBack}>
          {t('channels.back')}
        </Button>
        <Button type="submit" loading={edit.isSaving}>
          {t('channels.save')}
        </Button>
      </div>
    </form>
  );
}

/** The environment variable of a secret, as the monitor names it. */
function variableOf(id: string, option: string): string {
  const words = option.replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `CHANNEL_${(id || 'NAME').replaceAll('-', '_')}_${words}`.toUpperCase();
}
