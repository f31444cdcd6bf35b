import { Button, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SettingsView } from '../../shared/contract/settings-view.ts';
import { t } from '../../shared/messages/message.ts';
import { textOfError } from '../../shared/messages/message-error.ts';
import { useMonitor } from '../api/monitor-context.ts';
import classes from './api-key-field.module.css';
import { SETTINGS_KEY } from './settings-query.ts';

type ApiKeyFieldProps = {
  readonly view: Pick<SettingsView, 'secrets' | 'apiKeyInEnvironment'>;
  readonly typed: string;
  readonly onType: (text: string) => void;
};

/** A field for the CoinGecko key, which is never read back. If the host cannot store secrets, it explains how to set the key. */
export function ApiKeyField({ view, typed, onType }: ApiKeyFieldProps) {
  const { client } = useMonitor();
  const queryClient = useQueryClient();
  const keeping = useMutation({
    networkMode: 'always',
    mutationFn: (value: string | null) => client.call('secrets.set', { name: 'coingeckoApiKey', value }),
    onSuccess: (saved) => {
      queryClient.setQueryData(SETTINGS_KEY, saved);
      onType('');
    },
  });
  const { secrets } = view;
  const isSet = secrets?.coingeckoApiKey === true;

  return (
    <div className={classes.row}>
      <TextInput
        className={classes.input}
        label={t('api-key.label')}
        description={describe(view)}
        error={keeping.error === null ? undefined : textOfError(keeping.error)}
        disabled={secrets === null}
        type="password"
        value={typed}
        placeholder={isSet ? '••••••••' : t('settings.none')}
        autoComplete="off"
        spellCheck={false}
        data-testid="api-key"
        onChange={(event) => onType(event.currentTarget.value)}
      />
      <Button
        variant="default"
        disabled={typed.trim() === ''}
        loading={keeping.isPending}
        onClick={() => keeping.mutate(typed.trim())}
      >
        {t('api-key.keep')}
      </Button>
      {isSet && (
        <Button variant="default" onClick={() => keeping.mutate(null)}>
          {t('api-key.forget')}
        </Button>
      )}
    </div>
  );
}

function describe({ secrets, apiKeyInEnvironment }: ApiKeyFieldProps['view']): string {
  if (apiKeyInEnvironment) return t('api-key.set-by-environment');
  if (secrets === null) return t('api-key.no-store');
  return t(secrets.coingeckoApiKey ? 'api-key.kept' : 'api-key.none');
}
