import { NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';

type FieldInputProps = {
  readonly kind: 'text' | 'number' | 'secret' | 'switch' | 'choice' | 'list';
  readonly label: string;
  readonly description: ReactNode;
  readonly error?: ReactNode;
  readonly disabled?: boolean;
  readonly required?: boolean;
  /** The value as text, `true` or `false` for a switch; the items of a list. */
  readonly value: string | readonly string[];
  /** The options of a choice, or the suggestions for a list. */
  readonly choices?: readonly (string | { readonly value: string; readonly label: string })[];
  readonly placeholder?: string;
  /** The characters that end an item of a list, besides Enter. */
  readonly splitChars?: readonly string[];
  readonly onChange: (value: string | readonly string[]) => void;
  /** Attributes by which forms find invalid fields, and tests any field. */
  readonly [attribute: `data-${string}`]: string;
};

/** The input for a field of a form whose values are texts and lists of texts. */
export function FieldInput(props: FieldInputProps) {
  const {
    kind,
    value,
    choices = [],
    placeholder = '',
    splitChars = [',', ' '],
    required = false,
    onChange,
    ...shared
  } = props;
  if (kind === 'list') {
    return (
      <TagsInput
        {...shared}
        required={required}
        value={[...value]}
        data={choices.map((choice) => (typeof choice === 'string' ? choice : choice.value))}
        onChange={onChange}
        splitChars={[...splitChars]}
        placeholder={value.length === 0 ? placeholder : ''}
        acceptValueOnBlur
      />
    );
  }
  const text = typeof value === 'string' ? value : value.join(', ');
  if (kind === 'switch') {
    return (
      <Switch
        {...shared}
        checked={text === 'true'}
        onChange={(event) => onChange(String(event.currentTarget.checked))}
      />
    );
  }
  const given = { ...shared, required, value: text };
  if (kind === 'choice') {
    return (
      <NativeSelect
        {...given}
        data={[...choices]}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  }
  return (
    <TextInput
      {...given}
      type={kind === 'secret' ? 'password' : 'text'}
      inputMode={kind === 'number' ? 'decimal' : 'text'}
      placeholder={placeholder}
      spellCheck={false}
      autoComplete="off"
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
