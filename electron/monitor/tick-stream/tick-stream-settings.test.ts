import { expect, it } from 'vitest';
import { readTickStreamSettings } from './tick-stream-settings.ts';

const KINESIS_TICKS_STREAM_ARN = 'arn:aws:kinesis:eu-central-1:123456789012:stream/prices';

it.each([
  ['true', true],
  ['TRUE', true],
  ['1', true],
  ['False', false],
  ['0', false],
  ['', false],
])('accepts KINESIS_HTTP1=%s like other switches', (KINESIS_HTTP1, http1) => {
  expect(readTickStreamSettings({ KINESIS_TICKS_STREAM_ARN, KINESIS_HTTP1 })).toMatchObject({ http1 });
});

it('refuses another value of KINESIS_HTTP1', () => {
  expect(() => readTickStreamSettings({ KINESIS_TICKS_STREAM_ARN, KINESIS_HTTP1: 'yes' })).toThrow(
    'KINESIS_HTTP1 cannot be "yes"',
  );
});
