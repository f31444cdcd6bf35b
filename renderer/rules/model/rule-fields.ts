import { z } from 'zod';
import { ruleSchema } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';

/** A field of the editor, as the JSON Schema of a kind or of a rule describes it. */
export type RuleField = {
  /** Where its value is in a rule: `severity`, `params.changePct`. */
  readonly path: string;
  /** The last part of the path, by which its words are found. */
  readonly name: string;
  /** May be left empty: the value is then null, or absent where null is not allowed. */
  readonly isOptional: boolean;
  readonly isNullable: boolean;
} & (
  | { readonly kind: 'number'; readonly least: number | null; readonly most: number | null }
  | { readonly kind: 'text' }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'list'; readonly choices: readonly string[] | null }
);

/** What is read of a property; anything else in it is for the validation alone. */
const propertySchema = z.object({
  type: z.union([z.string(), z.array(z.string())]).optional(),
  enum: z.array(z.unknown()).optional(),
  minimum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  maximum: z.number().optional(),
  items: z.object({ enum: z.array(z.unknown()).optional() }).optional(),
  get anyOf(): z.ZodOptional<z.ZodArray<typeof propertySchema>> {
    return z.array(propertySchema).optional();
  },
});
type Property = z.infer<typeof propertySchema>;

const objectSchema = z.object({
  properties: z.record(z.string(), z.looseObject({})).default({}),
  required: z.array(z.string()).default([]),
});

/** The fields of the parameters of a kind, in the order of its schema. */
export function paramFields(kind: RuleKindView): readonly RuleField[] {
  return fieldsOf(kind.params, 'params.');
}

/** The parameters for which a value can be found that gives a wanted rate: numbers between two limits. */
export function solvableFields(kind: RuleKindView): readonly RuleField[] {
  return paramFields(kind).filter(
    (field) => field.kind === 'number' && field.least !== null && field.most !== null && !field.isNullable,
  );
}

/** What the editor shows in another way, or not at all. */
const NOT_DRAWN = new Set(['id', 'kind', 'params', 'scope', 'enabled']);

/** The fields that every rule has, in the order of its schema. */
export const COMMON_FIELDS: readonly RuleField[] = fieldsOf(
  z.toJSONSchema(ruleSchema, { io: 'input' }),
  '',
).filter(({ name }) => !NOT_DRAWN.has(name));

/** Those that a rule of the kind can have in more than one way: no direction where there is only one. */
export function commonFields({ directions }: RuleKindView): readonly RuleField[] {
  return COMMON_FIELDS.filter(({ name }) => name !== 'direction' || directions.length > 1);
}

function fieldsOf(schema: object, prefix: string): readonly RuleField[] {
  const { properties, required } = objectSchema.parse(schema);
  return Object.entries(properties).map(([name, property]): RuleField => {
    const variants = variantsOf(propertySchema.parse(property));
    const isNullable = variants.some(({ type }) => type === 'null');
    const isOptional = isNullable || !('default' in property || required.includes(name));
    const main = variants.find(({ type }) => type !== 'null') ?? {};
    return { path: `${prefix}${name}`, name, isOptional, isNullable, ...inputOf(main) };
  });
}

type Variant = Omit<Property, 'type' | 'anyOf'> & { readonly type?: string | undefined };

/** Each type that a property may have. */
function variantsOf({ anyOf, type, ...rest }: Property): readonly Variant[] {
  if (anyOf !== undefined) return anyOf.flatMap(variantsOf);
  return [type].flat().map((each) => ({ ...rest, type: each }));
}

type InputOf<F> = F extends RuleField ? Omit<F, 'path' | 'name' | 'isOptional' | 'isNullable'> : never;

function inputOf(variant: Variant): InputOf<RuleField> {
  if (variant.enum !== undefined) return { kind: 'choice', choices: variant.enum.map(String) };
  switch (variant.type) {
    case 'number':
    case 'integer': {
      const least = variant.minimum ?? variant.exclusiveMinimum ?? null;
      return { kind: 'number', least, most: variant.maximum ?? null };
    }
    case 'boolean':
      return { kind: 'switch' };
    case 'array':
      return { kind: 'list', choices: variant.items?.enum?.map(String) ?? null };
    default:
      return { kind: 'text' };
  }
}
