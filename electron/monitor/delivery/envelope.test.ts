import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { envelopeJsonSchema } from './envelope-json-schema.ts';

const PUBLISHED = join(import.meta.dirname, '../../../docs/alert-envelope.v1.schema.json');

it('equals the published schema, which `crypto-price-monitor channels schema` prints', () => {
  expect(JSON.parse(readFileSync(PUBLISHED, 'utf8'))).toEqual(envelopeJsonSchema());
});
