import { describe, expect, it } from 'vitest';
import { hasSecretParameter, hasUrlCredentials, mayHoldUrlSecret } from './url-secret.ts';

describe('a secret in a URL', () => {
  it.each([
    ['https://me:hush@host/', true],
    ['mqtts://hush@host:8883', true],
    ['https://host/?token=hush', false],
    ['me:hush@host', false],
  ])('%s has credentials: %s', (url, has) => {
    expect(hasUrlCredentials(url)).toBe(has);
  });

  it.each([
    ['https://host/?token=hush', true],
    ['https://host/?x_cg_demo_api_key=hush', true],
    ['https://host/?apikey=hush', true],
    ['https://host/?a=1&key=hush', true],
    ['s3://bucket/?secret-access-key=hush', true],
    ['https://host/?sig=hush', true],
    ['s3://bucket/?sse-kms-key-id=alias', false],
    ['https://host/?keyboard=qwerty&design=1', false],
    ['token=hush', false],
  ])('%s has a secret parameter: %s', (url, has) => {
    expect(hasSecretParameter(url)).toBe(has);
  });

  it.each(['me:hush@host', 's3:/x?token=hush', 'https://host/#hush'])('may be in %s', (text) => {
    expect(mayHoldUrlSecret(text)).toBe(true);
  });

  it.each(['ftp://host/folder', 'archive', 'kafka-1:9092,kafka-2:9092'])('is not in %s', (text) => {
    expect(mayHoldUrlSecret(text)).toBe(false);
  });
});
