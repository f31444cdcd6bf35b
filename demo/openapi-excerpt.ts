import { readFileSync } from 'node:fs';
import { ENDPOINTS } from './faults.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type JsonObject = { readonly [name: string]: Json };

/** Keywords of a schema that do not affect validation. */
const ANNOTATIONS: ReadonlySet<string> = new Set(['description', 'example', 'x-stainless-empty-object']);

/**
 * The excerpt of the provider's OpenAPI description that the demo server must match: for each served endpoint, the
 * names of the parameters and the schema of the response.
 */
export function excerptOf(description: JsonObject): JsonObject {
  return Object.fromEntries(
    ENDPOINTS.map((endpoint) => {
      const operation = at(description, 'paths', endpoint, 'get');
      const parameters = at(operation, 'parameters');
      const schema = at(operation, 'responses', '200', 'content', 'application/json', 'schema');
      return [
        endpoint,
        {
          parameters: Array.isArray(parameters) ? parameters.map((each: Json) => at(each, 'name')) : [],
          response: withoutAnnotations(resolve(description, schema)),
        },
      ];
    }),
  );
}

function at(value: Json, ...path: readonly string[]): Json {
  let current: Json = value;
  for (const name of path) {
    current =
      typeof current === 'object' && current !== null ? ((current as JsonObject)[name] ?? null) : null;
  }
  return current;
}

function resolve(description: JsonObject, schema: Json): Json {
  const reference = at(schema, '$ref');
  if (typeof reference !== 'string') return schema;
  return at(description, ...reference.replace(/^#\//, '').split('/'));
}

function withoutAnnotations(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(withoutAnnotations);
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !ANNOTATIONS.has(name))
      .map(([name, value]) => [
        name,
        // Under `properties`, the keys are field names, and a field may be called "description".
        name === 'properties' && typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value).map(([field, each]) => [field, withoutAnnotations(each)]),
            )
          : withoutAnnotations(value),
      ]),
  );
}

/** `node demo/openapi-excerpt.ts <openapi.json>` prints the excerpt of another version of the description. */
if (import.meta.main) {
  const [path] = process.argv.slice(2);
  if (path === undefined) throw new Error('usage: node demo/openapi-excerpt.ts <openapi.json>');
  const description = JSON.parse(readFileSync(path, 'utf8')) as JsonObject;
  process.stdout.write(`${JSON.stringify(excerptOf(description), null, 2)}\n`);
}
