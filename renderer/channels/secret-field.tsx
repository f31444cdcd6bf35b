import { Button } from '@mantine/core';
import type { ChannelView } from '../../shared/contract/channel-view.ts';
import { t } from '../../shared/messages/message.ts';
import { SchemaFieldInput, type SchemaFieldInputProps } from '../parts/schema-field.tsx';
import classes from './channels.module.css';

type SecretFieldProps = Omit<SchemaFieldInputProps, 'description' | 'isDisabled' | 'placeholder'> & {
  /** The variable of the secret, for a host that stores none. */
  readonly variable: string;
  /** Where its value comes from; undefined when it has none. */
  readonly origin: ChannelView['secrets'][string] | undefined;
  readonly canStore: boolean;
  readonly isForgotten: boolean;
  readonly onForget: (isForgotten: boolean) => void;
};

/** The field of a secret, which is never read back: it can only be replaced or deleted. */
export function SecretField(props: SecretFieldProps) {
  const { variable, origin, canStore, isForgotten, onForget, ...field } = props;
  const description = (): string | undefined => {
    if (origin === 'environment') return t('channels.secret-environment');
    if (!canStore) return t('channels.secret-nowhere', { variable });
    if (origin === 'kept') return t(isForgotten ? 'channels.secret-forgotten' : 'channels.secret-kept');
    return undefined;
  };
  const canForget = origin === 'kept' && canStore && field.value === '';
  return (
    <div className={classes.secret}>
      <SchemaFieldInput
        {...field}
        description={description() ?? field.field.description}
        isDisabled={origin === 'environment' || !canStore}
        placeholder={origin === undefined || isForgotten ? undefined : '••••••••'}
      />
      {canForget && (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t(isForgotten ? 'channels.secret-keep-named' : 'channels.secret-forget-named', {
            name: field.field.label,
          })}
          onClick={() => onForget(!isForgotten)}
        >
          {t(isForgotten ? 'channels.secret-keep' : 'channels.secret-forget')}
        </Button>
      )}
    </div>
  );
}
