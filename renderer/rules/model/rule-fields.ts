import { z } from 'zod';
import { ruleSchema } from '../../../shared/domain/rule.ts';
import type { RuleKindView } from '../../../shared/domain/rule-view.ts';

/** A field of the editor, from the JSON Schema of a kind or of a rule. */
export type RuleField = {
  /** The path of its value in a rule: `severity`, `params.changePct`. */
  readonly path: string;
  /** The last part of the path, which its texts are named after. */
  readonly name: string;
  /** Whether it may be empty. Its value is then null, or absent if null is not allowed. */
  readonly isOptional: boolean;
  readonly isNullable: boolean;
} & (
  | { readonly kind: 'number'; readonly min: number | null; readonly max: number | null }
  | { readonly kind: 'text' }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'list'; readonly choices: readonly string[] | null }
);

/** The parts of a property that fields are created from; the others are only for validation. */
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

/** The parameters that can be solved for a rate of alerts: numbers between two limits. */
export function solvableFields(kind: RuleKindView): readonly RuleField[] {
  return paramFields(kind).filter(
    (field) => field.kind === 'number' && field.min !== null && field.max !== null && !field.isNullable,
  );
}

/** The fields that the editor shows in another form, or not at all. */
const NOT_DRAWN = new Set(['id', 'kind', 'params', 'scope', 'enabled']);

/** The fields that every rule has, in the order of its schema. */
export const COMMON_FIELDS: readonly RuleField[] = fieldsOf(
  z.toJSONSchema(ruleSchema, { io: 'input' }),
  '',
).filter(({ name }) => !NOT_DRAWN.has(name));

/** The common fields of a rule of the kind: without the direction, if there is only one. */
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
      const min = variant.minimum ?? variant.exclusiveMinimum ?? null;
      return { kind: 'number', min, max: variant.maximum ?? null };
    }
    case 'boolean':
      return { kind: 'switch' };
    case 'array':
      return { kind: 'list', choices: variant.items?.enum?.map(String) ?? null };
    default:
      return { kind: 'text' };
  }
}
