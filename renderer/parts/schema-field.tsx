import { t } from '../../shared/messages/message.ts';
import { FieldInput } from './field-input.tsx';
import type { SchemaField } from './schema-fields.ts';

export type SchemaFieldInputProps = {
  readonly field: SchemaField;
  /** The value as text, or the items of a list. */
  readonly value: string | readonly string[];
  /** Replaces the field's own description. */
  readonly description?: string | undefined;
  readonly error?: string | undefined;
  readonly isDisabled?: boolean;
  /** Shown while the field is empty, instead of its default. */
  readonly placeholder?: string | undefined;
  readonly onChange: (value: string | readonly string[]) => void;
};

/** The input for a field that a JSON Schema describes. */
export function SchemaFieldInput(props: SchemaFieldInputProps) {
  const { field, value, description, error, isDisabled = false, onChange } = props;
  const placeholder =
    props.placeholder ?? (field.fallback === '' ? '' : t('channels.default', { value: field.fallback }));
  const isUnset = value.length === 0;
  const showsFallback = field.kind === 'switch' || field.kind === 'choice';
  return (
    <FieldInput
      kind={field.kind}
      label={field.label}
      description={description ?? field.description}
      error={error}
      required={field.isRequired}
      disabled={isDisabled}
      value={isUnset && showsFallback ? field.fallback : value}
      choices={field.choices}
      placeholder={placeholder}
      splitChars={[',']}
      onChange={onChange}
      data-field={`options.${field.name}`}
      data-testid={`option-${field.name}`}
    />
  );
}
