/** A validator that Ajv has compiled from a schema. It collects all errors. */
export type SchemaCheck = ((data: unknown) => boolean) & { errors?: unknown };

type Manifest = { readonly apiVersion: string; readonly kind: string };

/** The names of the used kinds in Kubernetes' OpenAPI description. */
const SCHEMAS: Readonly<Record<string, string>> = {
  'v1 Namespace': 'IoK8sApiCoreV1Namespace',
  'v1 ConfigMap': 'IoK8sApiCoreV1ConfigMap',
  'v1 Secret': 'IoK8sApiCoreV1Secret',
  'v1 Service': 'IoK8sApiCoreV1Service',
  'apps/v1 Deployment': 'IoK8sApiAppsV1Deployment',
  'apps/v1 StatefulSet': 'IoK8sApiAppsV1StatefulSet',
  'policy/v1 PodDisruptionBudget': 'IoK8sApiPolicyV1PodDisruptionBudget',
};

/** @throws Error for a kind that is not in `SCHEMAS` */
export async function validatorOf({ apiVersion, kind }: Manifest): Promise<SchemaCheck> {
  const name = SCHEMAS[`${apiVersion} ${kind}`];
  if (name === undefined) throw new Error(`No schema is known of ${apiVersion} ${kind}.`);
  const { validate } = (await import(`kubernetes-models/_schemas/${name}`)) as { validate: SchemaCheck };
  return validate;
}

/**
 * The paths of the fields that are not in the schema. Kubernetes' description allows any field, but its server ignores or refuses
 * unknown ones. A compiled validator reads the fields that it knows, so the fields that it does not read are unknown.
 */
export async function unknownFields(manifest: Manifest): Promise<readonly string[]> {
  const validate = await validatorOf(manifest);
  const seen = new Set<string>();
  validate(observed(manifest, '', seen));
  return unseen(manifest, '', seen);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** A proxy of a value that adds the paths of the fields that are read to `seen`. */
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
