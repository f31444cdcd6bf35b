import { z } from 'zod';
import { RULE_KINDS } from './rules/registry.ts';

/** The allowed values of a numeric parameter of a kind. */
export type ParamRange = { readonly min: number; readonly max: number; readonly isInteger: boolean };

type NumberSchema = {
  readonly type?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly NumberSchema[];
};

/** The parameters of a kind that are numbers between two bounds. */
export function rangedParams(kindId: string): readonly string[] {
  return Object.keys(propertiesOf(kindId)).filter((param) => paramRange(kindId, param) !== null);
}

/** The range of a parameter, from the schema of its kind; null for one that is not a number with two bounds. */
export function paramRange(kindId: string, param: string): ParamRange | null {
  const properties = propertiesOf(kindId);
  const schema = Object.hasOwn(properties, param) ? properties[param] : undefined;
  // A nullable number is the alternative that has bounds.
  const number = [schema, ...(schema?.anyOf ?? [])].find((each) =>
    /^(number|integer)$/.test(each?.type ?? ''),
  );
  if (number?.minimum === undefined || number.maximum === undefined) return null;
  return { min: number.minimum, max: number.maximum, isInteger: number.type === 'integer' };
}

/** The schemas of the parameters of a kind; none for an unknown kind. */
function propertiesOf(kindId: string): Readonly<Record<string, NumberSchema>> {
  const kind = RULE_KINDS.get(kindId);
  if (kind === undefined) return {};
  const { properties = {} } = z.toJSONSchema(kind.params, { io: 'input' }) as {
    readonly properties?: Readonly<Record<string, NumberSchema>>;
  };
  return properties;
}
