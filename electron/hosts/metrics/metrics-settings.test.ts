import { describe, expect, it } from 'vitest';
import { readMetricsSettings } from './metrics-settings.ts';

describe('the settings of metrics', () => {
  it('serve on loopback without a token, and nowhere without a port', () => {
    expect(readMetricsSettings({})).toBeNull();
    expect(readMetricsSettings({ METRICS_PORT: ' ', METRICS_TOKEN: 'hush' })).toBeNull();
    expect(readMetricsSettings({ METRICS_PORT: '9464' })).toEqual({
      port: 9464,
      address: '127.0.0.1',
      token: null,
    });
    for (const METRICS_ADDRESS of ['127.0.0.2', '::1'])
      expect(readMetricsSettings({ METRICS_PORT: '9464', METRICS_ADDRESS })?.token).toBeNull();
  });

  it.each(['0.0.0.0', '::', '192.0.2.1', '::ffff:127.0.0.1'])('require a token on %s', (METRICS_ADDRESS) => {
    const env = { METRICS_PORT: '9464', METRICS_ADDRESS };
    expect(() => readMetricsSettings(env)).toThrow(/METRICS_ADDRESS is .*set METRICS_TOKEN/);
    expect(readMetricsSettings({ ...env, METRICS_TOKEN: 'hush' })).toEqual({
      port: 9464,
      address: METRICS_ADDRESS,
      token: 'hush',
    });
  });

  it.each([
    ['METRICS_PORT', 'x'],
    ['METRICS_PORT', '0'],
    ['METRICS_PORT', '65536'],
    ['METRICS_PORT', '-1'],
    ['METRICS_ADDRESS', 'localhost'],
    ['METRICS_ADDRESS', '127.1'],
    ['METRICS_TOKEN', 'two words'],
    ['METRICS_TOKEN', 'straße'],
  ])('reject %s=%s', (name, value) => {
    expect(() => readMetricsSettings({ METRICS_PORT: '9464', [name]: value })).toThrow(name);
  });

  it('do not quote a rejected token', () => {
    expect(() => readMetricsSettings({ METRICS_PORT: '1', METRICS_TOKEN: 'not this' })).toThrow(
      /^((?!not this).)*$/,
    );
  });
});
