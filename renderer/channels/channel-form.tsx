import { Button, NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type RefObject, useState } from 'react';
import type { ChannelView } from '../../shared/contract/channel-view.ts';
import { SEVERITIES, type Severity } from '../../shared/domain/alert.ts';
import type { ChannelKindView } from '../../shared/domain/channel.ts';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { SchemaFieldInput } from '../parts/schema-field.tsx';
import {
  type Entered,
  enteredOf,
  optionsOf,
  type SchemaField,
  schemaFields,
} from '../parts/schema-fields.ts';
import { settingsQuery } from '../settings/settings-query.ts';
import { kindName } from './channel-words.ts';
import classes from './channels.module.css';
import { CHANNELS_KEY } from './channels-query.ts';

type ChannelFormProps = {
  /** Null for a new one. */
  readonly channel: ChannelView | null;
  readonly kinds: readonly ChannelKindView[];
  /** Set to true by the first change. */
  readonly hasUnsaved: RefObject<boolean>;
  readonly onSaved: () => void;
  readonly onBack: () => void;
};

/** The form of a channel: what its kind asks for, and which alerts it gets. Secrets are never read back. */
export function ChannelForm({ channel, kinds, hasUnsaved, onSaved, onBack }: ChannelFormProps) {
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  const { data: settings } = useQuery(settingsQuery(client));
  const setting = channel?.setting ?? null;
  const [kind, setKind] = useState(channel?.kind ?? 'telegram');
  const [id, setId] = useState(channel?.id ?? '');
  const [isEnabled, setEnabled] = useState(channel?.enabled ?? true);
  const [severity, setSeverity] = useState<Severity>(setting?.route.severity ?? 'info');
  const [coins, setCoins] = useState<readonly string[]>(setting?.route.coins ?? []);
  const [rules, setRules] = useState<readonly string[]>(setting?.route.rules ?? []);
  const [digest, setDigest] = useState(String(setting?.digestMinutes ?? ''));
  const chosen = kinds.find((each) => each.kind === kind);
  const fields = schemaFields(chosen?.options ?? {}, chosen?.secrets ?? []);
  const [entered, setEntered] = useState<Entered>(() => enteredOf(fields, setting?.options ?? {}));
  const canStore = settings === undefined || settings.secrets !== null;

  const saving = useMutation({
    networkMode: 'always',
    mutationFn: () =>
      client.call('channels.save', {
        isNew: channel === null,
        channel: {
          id: id.trim(),
          kind,
          enabled: isEnabled,
          options: optionsOf(fields, entered),
          route: {
            ...(severity !== 'info' && { severity }),
            ...(coins.length > 0 && { coins: [...coins] }),
            ...(rules.length > 0 && { rules: [...rules] }),
          },
          digestMinutes: digest.trim() === '' ? null : Number(digest),
        },
        secrets: secretsIn(fields, entered),
      }),
    onSuccess: (channels) => {
      queryClient.setQueryData(CHANNELS_KEY, channels);
      onSaved();
    },
  });
  const save = (event: FormEvent): void => {
    event.preventDefault();
    saving.mutate();
  };
  const markUnsaved = (): void => {
    hasUnsaved.current = true;
  };
  const secretHint = ({ name, kind: fieldKind }: SchemaField): string | undefined => {
    if (fieldKind !== 'secret') return undefined;
    const origin = channel?.secrets[name];
    if (origin === 'environment') return t('channels.secret-environment');
    if (!canStore) return t('channels.secret-nowhere', { variable: variableOf(id, name) });
    return origin === 'kept' ? t('channels.secret-kept') : undefined;
  };

  return (
    <form className={classes.form} onSubmit={save} onChange={markUnsaved} noValidate>
      <div className={classes.fields}>
        <NativeSelect
          label={t('channels.kind')}
          data={kinds.map((each) => ({ value: each.kind, label: kindName(each.kind) }))}
          value={kind}
          disabled={channel !== null}
          data-testid="channel-kind"
          onChange={(event) => {
            setKind(event.currentTarget.value);
            setEntered({});
          }}
        />
        <TextInput
          label={t('channels.id')}
          description={t('channels.id-hint')}
          value={id}
          required
          disabled={channel !== null}
          autoComplete="off"
          spellCheck={false}
          data-testid="channel-id"
          onChange={(event) => setId(event.currentTarget.value)}
        />
        {fields.map((field) => {
          const isSecret = field.kind === 'secret';
          const origin = channel?.secrets[field.name];
          return (
            <SchemaFieldInput
              key={`${kind} ${field.name}`}
              field={field}
              value={entered[field.name] ?? (field.kind === 'list' ? [] : '')}
              description={secretHint(field) ?? field.description}
              isDisabled={isSecret && (origin === 'environment' || !canStore)}
              placeholder={isSecret && origin !== undefined ? '••••••••' : undefined}
              onChange={(value) => setEntered((before) => ({ ...before, [field.name]: value }))}
            />
          );
        })}
      </div>
      <fieldset className={classes.which}>
        <legend>{t('channels.which')}</legend>
        <div className={classes.fields}>
          <NativeSelect
            label={t('channels.severity')}
            data={SEVERITIES.map((each) => ({
              value: each,
              label: each === 'info' ? t('channels.severity-all') : each,
            }))}
            value={severity}
            onChange={(event) =>
              setSeverity(SEVERITIES.find((each) => each === event.currentTarget.value) ?? 'info')
            }
          />
          <TextInput
            label={t('channels.digest')}
            description={t('channels.digest-hint')}
            inputMode="decimal"
            value={digest}
            onChange={(event) => setDigest(event.currentTarget.value)}
          />
          <TagsInput
            label={t('channels.coins')}
            description={t('channels.coins-hint')}
            value={[...coins]}
            data={[...(settings?.settings.coins ?? [])]}
            onChange={setCoins}
            acceptValueOnBlur
          />
          <TagsInput
            label={t('channels.rules')}
            description={t('channels.rules-hint')}
            value={[...rules]}
            data={(settings?.settings.rules ?? []).map((rule) => rule.id)}
            onChange={setRules}
            acceptValueOnBlur
          />
        </div>
      </fieldset>
      <Switch
        label={t('channels.enabled')}
        checked={isEnabled}
        onChange={(event) => setEnabled(event.currentTarget.checked)}
      />
      {saving.error !== null && (
        <p className={classes.trouble} role="alert">
          {textOfError(saving.error)}
        </p>
      )}
      <div className={classes.footer}>
        <Button variant="default" onClick={onBack}>
          {t('channels.back')}
        </Button>
        <Button type="submit" loading={saving.isPending}>
          {t('channels.save')}
        </Button>
      </div>
    </form>
  );
}

/** The secrets that were entered; the others stay as they are. */
function secretsIn(fields: readonly SchemaField[], entered: Entered): Record<string, string> {
  const secrets = fields.filter(({ kind }) => kind === 'secret');
  return Object.fromEntries(
    secrets.flatMap(({ name }) => {
      const value = String(entered[name] ?? '').trim();
      return value === '' ? [] : [[name, value]];
    }),
  );
}

/** As the monitor names it. */
function variableOf(id: string, option: string): string {
  const words = option.replace(/[A-Z]/g, (letter) => `_${letter}`);
  return `CHANNEL_${(id || 'NAME').replaceAll('-', '_')}_${words}`.toUpperCase();
}
