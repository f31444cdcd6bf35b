import { t } from '../../shared/messages/message.ts';
import { FieldInput } from './field-input.tsx';
import type { SchemaField } from './schema-fields.ts';

export type SchemaFieldInputProps = {
  readonly field: SchemaField;
  /** As text; of a list, its items. */
  readonly value: string | readonly string[];
  /** Said in the place of the field's own description. */
  readonly description?: string | undefined;
  readonly error?: string | undefined;
  readonly isDisabled?: boolean;
  /** Shown while the field is empty, in the place of its default. */
  readonly placeholder?: string | undefined;
  readonly onChange: (value: string | readonly string[]) => void;
};

/** The input of a field that a JSON Schema describes. */
export function SchemaFieldInput(props: SchemaFieldInputProps) {
  const { field, value, description, error, isDisabled = false, onChange } = props;
  const placeholder =
    props.placeholder ?? (field.fallback === '' ? '' : t('channels.default', { value: field.fallback }));
  const isUnset = value.length === 0;
  const takesFallback = field.kind === 'switch' || field.kind === 'choice';
  return (
    <FieldInput
      kind={field.kind}
      label={field.label}
      description={description ?? field.description}
      error={error}
      required={field.isRequired}
      disabled={isDisabled}
      value={isUnset && takesFallback ? field.fallback : value}
      choices={field.choices}
      placeholder={placeholder}
      splitChars={[',']}
      onChange={onChange}
      data-field={`options.${field.name}`}
      data-testid={`option-${field.name}`}
    />
  );
}
