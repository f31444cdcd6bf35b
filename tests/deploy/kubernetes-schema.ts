/** The check of a schema, as compiled by Ajv: it collects all errors. */
export type SchemaCheck = ((data: unknown) => boolean) & { errors?: unknown };

type Manifest = { readonly apiVersion: string; readonly kind: string };

/** The names that Kubernetes' OpenAPI description has for the kinds that are used here. */
const SCHEMAS: Readonly<Record<string, string>> = {
  'v1 Namespace': 'IoK8sApiCoreV1Namespace',
  'v1 ConfigMap': 'IoK8sApiCoreV1ConfigMap',
  'v1 Secret': 'IoK8sApiCoreV1Secret',
  'v1 Service': 'IoK8sApiCoreV1Service',
  'apps/v1 Deployment': 'IoK8sApiAppsV1Deployment',
  'apps/v1 StatefulSet': 'IoK8sApiAppsV1StatefulSet',
  'policy/v1 PodDisruptionBudget': 'IoK8sApiPolicyV1PodDisruptionBudget',
};

/** @throws Error for a kind of which no schema is known here */
export async function validatorOf({ apiVersion, kind }: Manifest): Promise<SchemaCheck> {
  const name = SCHEMAS[`${apiVersion} ${kind}`];
  if (name === undefined) throw new Error(`No schema is known of ${apiVersion} ${kind}.`);
  const { validate } = (await import(`kubernetes-models/_schemas/${name}`)) as { validate: SchemaCheck };
  return validate;
}

/**
 * The fields that the schema does not have, by path. The description of Kubernetes allows any, and its server ignores them or refuses
 * them; a compiled check reads those that it knows, so what it does not read is unknown.
 */
export async function unknownFields(manifest: Manifest): Promise<readonly string[]> {
  const validate = await validatorOf(manifest);
  const seen = new Set<string>();
  validate(observed(manifest, '', seen));
  return unseen(manifest, '', seen);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** The same value; what is read of it is noted by path. */
function observed<T extends object>(value: T, path: string, seen: Set<string>): T {
  return new Proxy(value, {
    get(target, key, receiver) {
      const found: unknown = Reflect.get(target, key, receiver);
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return found;
      seen.add(`${path}${key}`);
      return isObject(found) ? observed(found, `${path}${key}.`, seen) : found;
    },
  });
}

function unseen(value: object, path: string, seen: ReadonlySet<string>): readonly string[] {
  return Object.entries(value).flatMap(([key, field]) => {
    if (!seen.has(`${path}${key}`)) return [`${path}${key}`];
    return isObject(field) ? unseen(field, `${path}${key}.`, seen) : [];
  });
}
