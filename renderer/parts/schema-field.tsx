import { NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import { t } from '../../shared/messages/message.ts';
import type { SchemaField } from './schema-fields.ts';

type SchemaFieldInputProps = {
  readonly field: SchemaField;
  /** As text; of a list, its items. */
  readonly value: string | readonly string[];
  /** Said in the place of the field's own description. */
  readonly description?: string | undefined;
  readonly isDisabled?: boolean;
  /** Shown while the field is empty, in the place of its default. */
  readonly placeholder?: string | undefined;
  readonly onChange: (value: string | readonly string[]) => void;
};

/** The input of a field that a JSON Schema describes. */
export function SchemaFieldInput(props: SchemaFieldInputProps) {
  const { field, value, description, isDisabled = false, onChange } = props;
  const placeholder =
    props.placeholder ?? (field.fallback === '' ? '' : t('channels.default', { value: field.fallback }));
  const shared = {
    label: field.label,
    description: description ?? field.description,
    required: field.isRequired,
    disabled: isDisabled,
    'data-testid': `option-${field.name}`,
  };
  if (field.kind === 'list') {
    return (
      <TagsInput
        {...shared}
        value={[...value]}
        onChange={onChange}
        splitChars={[',']}
        placeholder={value.length === 0 ? placeholder : ''}
        acceptValueOnBlur
      />
    );
  }
  const text = typeof value === 'string' ? value : value.join(', ');
  if (field.kind === 'switch') {
    return (
      <Switch
        {...shared}
        required={false}
        checked={(text === '' ? field.fallback : text) === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    );
  }
  if (field.kind === 'choice') {
    return (
      <NativeSelect
        {...shared}
        data={[...field.choices]}
        value={text === '' ? field.fallback : text}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...shared}
      type={field.kind === 'secret' ? 'password' : 'text'}
      inputMode={field.kind === 'number' ? 'decimal' : 'text'}
      value={text}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
