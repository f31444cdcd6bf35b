import { describe, expect, it } from 'vitest';
import { readClusterSettings } from './cluster-settings.ts';

const BROKERS = { KAFKA_BROKERS: 'kafka-1:9093' };

describe('the settings of several processes', () => {
  it('are read from the environment', () => {
    expect(readClusterSettings({ ...BROKERS, KAFKA_USER: 'ada', KAFKA_PASSWORD: 'hush' })).toMatchObject({
      connection: { brokers: ['kafka-1:9093'], sasl: { username: 'ada', password: 'hush' } },
      prefix: 'cpm',
    });
  });

  it.each([
    [{}, 'KAFKA_BROKERS is not set'],
    [{ KAFKA_BROKERS: 'kafka-1' }, 'KAFKA_BROKERS cannot be "kafka-1"'],
    [{ ...BROKERS, KAFKA_TLS: 'yes' }, 'KAFKA_TLS cannot be "yes"'],
    [{ ...BROKERS, KAFKA_CA_FILE: '/none' }, 'KAFKA_CA_FILE has no effect without TLS'],
    [{ ...BROKERS, KAFKA_CERT_FILE: '/none' }, 'KAFKA_CERT_FILE has no effect without TLS'],
    [{ ...BROKERS, KAFKA_KEY_FILE: '/none', KAFKA_TLS: 'FALSE' }, 'KAFKA_KEY_FILE has no effect without TLS'],
    [{ ...BROKERS, KAFKA_TLS: 'true', KAFKA_CA_FILE: '/none' }, 'no file /none, which "KAFKA_CA_FILE" names'],
    [
      { ...BROKERS, KAFKA_TLS: 'true', KAFKA_CERT_FILE: '/none' },
      'KAFKA_CERT_FILE and KAFKA_KEY_FILE have to be set together',
    ],
    [
      { ...BROKERS, KAFKA_TLS: 'true', KAFKA_CERT_FILE: '/none', KAFKA_KEY_FILE: '/none' },
      'no file /none, which "KAFKA_CERT_FILE" names',
    ],
  ])('%j are refused with the reason', (env, reason) => {
    expect(() => readClusterSettings(env)).toThrow(reason);
  });

  it.each(['true', 'TRUE', ' 1 '])('switch TLS on with KAFKA_TLS=%s', (KAFKA_TLS) => {
    expect(readClusterSettings({ ...BROKERS, KAFKA_TLS }).connection.tls).toEqual({});
  });

  it.each(['false', 'False', '0', ''])('do not switch TLS on with KAFKA_TLS=%s', (KAFKA_TLS) => {
    expect(readClusterSettings({ ...BROKERS, KAFKA_TLS }).connection.tls).toBeUndefined();
  });

  it.each(['sasl://me:planted@kafka-1:9093', 'me:planted@kafka-1', 'kafka-1/?password=planted'])(
    'with brokers %s are refused without repeating the password in them',
    (brokers) => {
      expect(() => readClusterSettings({ KAFKA_BROKERS: brokers })).toThrow(
        /^(?=.*KAFKA_BROKERS)(?!.*planted)/s,
      );
    },
  );
});
