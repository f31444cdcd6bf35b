import { describe, expect, it } from 'vitest';
import { enteredOf, optionsOf, schemaFields } from './schema-fields.ts';

const SCHEMA = {
  type: 'object',
  properties: {
    apiUrl: { type: 'string', default: 'https://example.com' },
    chatId: { type: 'string', description: 'e.g. -100' },
    port: { type: 'integer' },
    security: { type: 'string', enum: ['starttls', 'tls'], default: 'starttls' },
    discovery: { type: 'boolean', default: true },
    to: { type: 'array', items: { type: 'string' } },
    token: { type: 'string' },
  },
  required: ['chatId', 'to', 'token'],
};

const fields = schemaFields(SCHEMA, ['token']);

describe('fields of a schema', () => {
  it('begin with required ones, each with the properties of its input', () => {
    expect(fields.map(({ name, label, kind, isRequired }) => [name, label, kind, isRequired])).toEqual([
      ['chatId', 'Chat ID', 'text', true],
      ['to', 'To', 'list', true],
      ['token', 'Token', 'secret', true],
      ['apiUrl', 'API URL', 'text', false],
      ['port', 'Port', 'number', false],
      ['security', 'Security', 'choice', false],
      ['discovery', 'Discovery', 'switch', false],
    ]);
  });

  it('convert a value to a form and back, without secrets and empty fields', () => {
    const value = { chatId: '-100', to: ['a', 'b'], port: 25, discovery: false };
    expect(optionsOf(fields, enteredOf(fields, value))).toEqual(value);
    const entered = { ...enteredOf(fields, value), token: 'planted', port: '', to: [] };
    expect(optionsOf(fields, entered)).toEqual({ chatId: '-100', discovery: false });
    expect(optionsOf(fields, { port: 'many' })).toEqual({ port: 'many' });
  });
});
