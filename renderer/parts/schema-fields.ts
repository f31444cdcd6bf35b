import { t, text } from '../../shared/messages/message.ts';
import { optionMessage } from '../../shared/messages/option-text.ts';

/** A field of a form that a JSON Schema describes. */
export type SchemaField = {
  readonly name: string;
  readonly label: string;
  readonly description: string | undefined;
  readonly kind: 'text' | 'number' | 'switch' | 'choice' | 'list' | 'secret';
  /** The options of a choice. */
  readonly choices: readonly string[];
  readonly isRequired: boolean;
  /** The default as text; empty without one. */
  readonly fallback: string;
};

type Property = {
  readonly type?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  /** The code of a text (see `optionText`), or the text itself if it is not in the catalogue. */
  readonly description?: string;
  readonly examples?: readonly unknown[];
};

/**
 * The fields of an object's schema, required ones first.
 *
 * @param secrets the properties that are never shown
 */
export function schemaFields(
  schema: Readonly<Record<string, unknown>>,
  secrets: readonly string[],
): readonly SchemaField[] {
  const properties = Object.entries((schema.properties ?? {}) as Readonly<Record<string, Property>>);
  const required = new Set(schema.required as readonly string[] | undefined);
  const fields = properties.map(([name, property]) => ({
    name,
    label: labelOf(name),
    description: descriptionOf(property),
    kind: secrets.includes(name) ? ('secret' as const) : kindOf(property),
    choices: (property.enum ?? []).map(String),
    isRequired: required.has(name) && property.default === undefined,
    fallback: textOfValue(property.default),
  }));
  return fields.toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

function descriptionOf({ description, examples = [] }: Property): string | undefined {
  const [example] = examples;
  if (description === undefined)
    return example === undefined ? undefined : t('channels.example', { value: String(example) });
  const known = optionMessage(description);
  return known === null ? description : text(known);
}

function kindOf({ type, enum: choices }: Property): SchemaField['kind'] {
  if (choices !== undefined) return 'choice';
  if (type === 'boolean') return 'switch';
  if (type === 'array') return 'list';
  return type === 'number' || type === 'integer' ? 'number' : 'text';
}

const ABBREVIATIONS: Readonly<Record<string, string>> = {
  url: 'URL',
  id: 'ID',
  arn: 'ARN',
  api: 'API',
  ca: 'CA',
  cert: 'certificate',
  tls: 'TLS',
  http1: 'HTTP/1',
};

/** The labels of options whose names are not clear enough. */
const LABELS: Readonly<Record<string, () => string>> = {
  allowPrivate: () => t('channels.allow-private'),
};

/** The label of an option: "chatId" → "Chat ID". */
function labelOf(name: string): string {
  const own = LABELS[name];
  if (own !== undefined) return own();
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).split(' ');
  const label = words.map((word) => ABBREVIATIONS[word] ?? word).join(' ');
  return label.charAt(0).toUpperCase() + label.slice(1);
}

function textOfValue(value: unknown): string {
  return value === undefined || value === null ? '' : String(value);
}

/** The contents of fields, by name: a text, or the items of a list. */
export type Entered = Readonly<Record<string, string | readonly string[]>>;

/** The contents of the fields for an object. */
export function enteredOf(fields: readonly SchemaField[], value: Readonly<Record<string, unknown>>): Entered {
  return Object.fromEntries(
    fields.map(({ name, kind }) => {
      const given = value[name];
      return [name, kind === 'list' ? (Array.isArray(given) ? given.map(String) : []) : textOfValue(given)];
    }),
  );
}

/** The inverse of `enteredOf`, without secrets. Empty fields are omitted; an invalid number remains a text, which is rejected later. */
export function optionsOf(fields: readonly SchemaField[], entered: Entered): Record<string, unknown> {
  return Object.fromEntries(
    fields.flatMap(({ name, kind }): [string, unknown][] => {
      const given = entered[name] ?? '';
      if (kind === 'secret' || given.length === 0) return [];
      if (kind === 'switch') return [[name, given === 'true']];
      if (kind !== 'number') return [[name, typeof given === 'string' ? given.trim() : given]];
      const number = Number(given);
      return [[name, Number.isNaN(number) ? given : number]];
    }),
  );
}
