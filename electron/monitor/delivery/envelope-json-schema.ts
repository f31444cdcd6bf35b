import { z } from 'zod';
import { envelopeSchema } from './envelope.ts';

/**
 * The envelope as JSON Schema (draft 2020-12), for programs that read alerts. Additional fields are allowed everywhere, because
 * fields may be added within version 1. Published as `docs/alert-envelope.v1.schema.json`.
 */
export function envelopeJsonSchema(): object {
  const schema = z.toJSONSchema(envelopeSchema, {
    override({ jsonSchema }) {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  });
  return {
    title: 'An alert of Crypto Price Monitor',
    description: 'A CloudEvent of version 1.0 in JSON, structured mode.',
    ...schema,
  };
}
