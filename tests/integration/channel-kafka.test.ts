import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Admin, Consumer, stringDeserializers } from '@platformatic/kafka';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readClusterSettings } from '../../electron/monitor/cluster/cluster-settings.ts';
import { openKafkaClients } from '../../electron/monitor/log/kafka/kafka-clients.ts';
import { startService } from '../counterparts/child-service.ts';
import { type KafkaCluster, kafkaIsMissing, startKafka } from '../counterparts/kafka.ts';
import { documentedOptions } from '../documented-channels.ts';
import { runCli } from '../program.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';
import { consumerExamples } from './consumer-examples.ts';
import { SELF_SIGNED } from './self-signed.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

const PASSWORD = 'planted-password';
const KEY_PASSWORD = 'planted-key-password';

/** Encrypts a private key with a password. */
const locked = (key: string, passphrase: string): string =>
  createPrivateKey(key)
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase })
    .toString();

describe.skipIf(kafkaIsMissing !== null)(`Kafka (${kafkaIsMissing ?? 'installed'})`, () => {
  let cluster: KafkaCluster;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'channel-kafka-'));
    writeFileSync(join(folder, 'authority.pem'), AUTHORITY);
    writeFileSync(join(folder, 'key.pem'), SIGNED.localhost.key);
    writeFileSync(join(folder, 'client.pem'), SIGNED.client.cert);
    writeFileSync(join(folder, 'client-key.pem'), SIGNED.client.key);
    writeFileSync(join(folder, 'locked-key.pem'), locked(SIGNED.client.key, KEY_PASSWORD));
    writeFileSync(join(folder, 'stranger.pem'), SELF_SIGNED.cert);
    writeFileSync(join(folder, 'stranger-key.pem'), SELF_SIGNED.key);
    cluster = await startKafka({
      brokers: 1,
      secure: {
        certificate: SIGNED.localhost,
        users: { ada: PASSWORD, prices: PASSWORD },
        clientAuthority: AUTHORITY,
      },
    });
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...cluster.brokers] });
    await admin.createTopics({ topics: ['cpm.alerts'], partitions: 3, replicas: 1 });
    await admin.close();
  });
  afterAll(async () => {
    await cluster?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Reads the given number of messages from the beginning. */
  async function read(count: number) {
    const consumer = new Consumer({
      clientId: 'test',
      groupId: `test-${Math.random()}`,
      bootstrapBrokers: [...cluster.brokers],
      deserializers: stringDeserializers,
    });
    const stream = await consumer.consume({ topics: ['cpm.alerts'], mode: 'earliest', autocommit: false });
    const got: { readonly id: string; readonly key: string; readonly partition: number }[] = [];
    for await (const { key, value, partition } of stream) {
      got.push({ id: (JSON.parse(value) as { readonly id: string }).id, key, partition });
      if (got.length >= count) break;
    }
    await consumer.close(true);
    return got;
  }

  it('receives each alert with its coin as the key, also after the broker was killed', async () => {
    const channel = channelOf('kafka', { brokers: cluster.brokers, tls: false });
    await deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash'), raisedAlert(3));
    await cluster.kill(0);
    const attempt = channel.deliver([raisedAlert(4)], AbortSignal.timeout(3_000));
    expect(await failureOf(attempt)).toMatchObject({ kind: 'unreachable' });
    await cluster.restart(0);
    await deliver(channel, raisedAlert(4));
    await channel.close?.();
    const got = await read(4);
    expect([...new Set(got.map(({ id }) => id))].toSorted()).toEqual([
      'alert-1',
      'alert-2',
      'alert-3',
      'alert-4',
    ]);
    const bitcoin = got.filter(({ key }) => key === 'bitcoin');
    expect(bitcoin.map(({ id }) => id)).toEqual(['alert-1', 'alert-3', 'alert-4']);
    expect(new Set(bitcoin.map(({ partition }) => partition)).size).toBe(1);
  });

  const secure = (options: object = {}) => ({
    brokers: cluster.secureBrokers,
    user: 'ada',
    caFile: 'authority.pem',
    dataDir: folder,
    ...options,
  });

  it.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'authenticates by %s over TLS with a private certificate authority',
    async (mechanism) => {
      const channel = channelOf('kafka', secure({ mechanism }), { password: PASSWORD });
      await deliver(channel, raisedAlert(1));
      await channel.close?.();
    },
  );

  it('authenticates as in the documented example', async () => {
    const options = { brokers: cluster.secureBrokers, caFile: 'authority.pem', dataDir: folder };
    const channel = channelOf('kafka', { ...documentedOptions('kafka'), ...options }, { password: PASSWORD });
    await deliver(channel, raisedAlert(1));
    await channel.close?.();
  });

  const REASONS: readonly (readonly [string, string, () => object, string, RegExp])[] = [
    [
      'refused',
      'a wrong password with PLAIN',
      () => ({ mechanism: 'PLAIN' }),
      'planted',
      /password: .*invalid/i,
    ],
    [
      'refused',
      'a wrong password with SCRAM',
      () => ({ mechanism: 'SCRAM-SHA-512' }),
      'planted',
      /does not accept the user or the password: .*invalid credentials.*SCRAM-SHA-512/,
    ],
    ['refused', 'an unknown user', () => ({ user: 'nobody' }), PASSWORD, /does not accept the user/],
    [
      'refused',
      'a topic that is not there',
      () => ({ topic: 'none' }),
      PASSWORD,
      /no topic "none".*createTopic/,
    ],
    [
      'certificate',
      'a certificate of an authority that is not known',
      () => ({ caFile: undefined }),
      PASSWORD,
      /certificate of 127.0.0.1:\d+ is not trusted: .*caFile/,
    ],
    [
      'certificate',
      'a file of the authority that is not there',
      () => ({ caFile: 'none.pem' }),
      PASSWORD,
      /no file .*none\.pem/,
    ],
    [
      'certificate',
      'a file of the authority without a certificate',
      () => ({ caFile: 'key.pem' }),
      PASSWORD,
      /key\.pem.* has to hold certificates in PEM/,
    ],
    [
      'unreachable',
      'TLS where the broker speaks none',
      () => ({ brokers: cluster.brokers, user: undefined }),
      PASSWORD,
      /does not speak TLS.*set "tls" to false/,
    ],
    [
      'unreachable',
      'no TLS where the broker wants it',
      () => ({ tls: false, user: undefined }),
      PASSWORD,
      /set "tls" to true/,
    ],
    ['unreachable', 'no broker', () => ({ brokers: ['127.0.0.1:9'] }), PASSWORD, /ECONNREFUSED/],
  ];

  it.each(REASONS)('is %s with %s, with the reason', async (kind, _, options, password, reason) => {
    const channel = channelOf('kafka', secure(options()), { password });
    const error = await failureOf(deliver(channel, raisedAlert(1)));
    await channel.close?.();
    expect(error.message).toMatch(reason);
    expect(error).toMatchObject({ kind });
    expect(error.message).not.toContain(password);
  });

  describe('that requires client certificates', () => {
    const mutual = (options: object = {}) => ({
      brokers: cluster.mutualBrokers,
      caFile: 'authority.pem',
      certFile: 'client.pem',
      keyFile: 'client-key.pem',
      dataDir: folder,
      ...options,
    });

    it('accepts the documented example', async () => {
      const options = { ...documentedOptions('kafka', 'mutual'), ...mutual() };
      expect(Object.keys(options).toSorted()).toEqual(Object.keys(mutual()).toSorted());
      const channel = channelOf('kafka', options);
      await deliver(channel, raisedAlert(1));
      await channel.close?.();
    });

    it.each([
      ['a plain key', {}, undefined],
      ['an encrypted key', { keyFile: 'locked-key.pem' }, KEY_PASSWORD],
    ])('authenticates with the certificate of the files, with %s', async (_, options, keyPassword) => {
      const channel = channelOf('kafka', mutual(options), { ...(keyPassword && { keyPassword }) });
      await deliver(channel, raisedAlert(1));
      await channel.close?.();
    });

    it.each([
      [
        'unreachable',
        'no certificate',
        { certFile: undefined, keyFile: undefined },
        /closed the connection.*name the files .*"certFile" and "keyFile"/,
      ],
      [
        'unreachable',
        'one of a stranger',
        { certFile: 'stranger.pem', keyFile: 'stranger-key.pem' },
        /closed the connection.*of one that it trusts/,
      ],
      [
        'certificate',
        'the key of another',
        { keyFile: 'key.pem' },
        /The key in .*key\.pem is not that of the certificate in/,
      ],
      [
        'certificate',
        'no such file',
        { certFile: 'none.pem' },
        /There is no file .*none\.pem, which "certFile" names/,
      ],
      [
        'certificate',
        'a key in its place',
        { certFile: 'key.pem' },
        /key\.pem, which "certFile" names, has to hold a certificate/,
      ],
      [
        'certificate',
        'an encrypted key and no password',
        { keyFile: 'locked-key.pem' },
        /"keyPassword" is missing or wrong/,
      ],
    ])('is %s with %s, with the reason', async (kind, _, options, reason) => {
      const channel = channelOf('kafka', mutual(options));
      const error = await failureOf(deliver(channel, raisedAlert(1)));
      await channel.close?.();
      expect(error.message).toMatch(reason);
      expect(error).toMatchObject({ kind });
    });

    it('is tested by the command with the password of the key in a file', async () => {
      const { dataDir: _, ...options } = mutual({ keyFile: 'locked-key.pem' });
      writeFileSync(
        join(folder, 'settings.json'),
        JSON.stringify({ channels: [{ id: 'mutual', kind: 'kafka', options }] }),
      );
      writeFileSync(join(folder, 'key-password'), `${KEY_PASSWORD}\n`);
      const test = (more: Readonly<Record<string, string>>) =>
        runCli(['channels', 'test', 'mutual', '--data-dir', folder], more);
      const file = join(folder, 'key-password');
      expect(await test({ CHANNEL_MUTUAL_KEY_PASSWORD_FILE: file })).toMatchObject({ code: 0 });
      const wrong = await test({ CHANNEL_MUTUAL_KEY_PASSWORD: 'planted-wrong' });
      expect(wrong.stderr).toContain('mutual: certificate: The key in');
      expect(wrong.stderr).not.toContain('planted');
    });

    it('also authenticates the processes of an installation', async () => {
      const { connection } = readClusterSettings({
        KAFKA_BROKERS: cluster.mutualBrokers.join(','),
        KAFKA_TLS: 'true',
        KAFKA_CA_FILE: join(folder, 'authority.pem'),
        KAFKA_CERT_FILE: join(folder, 'client.pem'),
        KAFKA_KEY_FILE: join(folder, 'locked-key.pem'),
        KAFKA_KEY_PASSWORD: KEY_PASSWORD,
      });
      const clients = openKafkaClients(connection);
      expect(await clients.admin.listTopics()).toContain('cpm.alerts');
      await clients.close();
    });
  });

  it('is rejected with an alert that is larger than a message of the topic may be', async () => {
    const topic = 'small';
    const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...cluster.brokers] });
    const configs = [{ name: 'max.message.bytes', value: '300' }];
    await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1, configs });
    await admin.close();
    const channel = channelOf('kafka', { brokers: cluster.brokers, tls: false, topic });
    const error = await failureOf(deliver(channel, raisedAlert(1)));
    await channel.close?.();
    expect(error).toMatchObject({ kind: 'rejected' });
  });

  for (const example of consumerExamples()) {
    const { name, missing, program, args, env } = example;
    it.skipIf(missing !== null)(
      `is read by the example in ${name}, which prints a repeated alert once (${missing ?? 'installed'})`,
      async () => {
        const topic = `examples.${name}`;
        const admin = new Admin({ clientId: 'test', bootstrapBrokers: [...cluster.brokers] });
        await admin.createTopics({ topics: [topic], partitions: 1, replicas: 1 });
        await admin.close();
        /** Runs the example until it has printed the given number of alerts, and returns them. */
        const printed = async (count: number): Promise<readonly string[]> => {
          const alertsIn = (output: string) =>
            output.split('\n').filter((line) => / warning .*average$/.test(line));
          const child = await startService({
            program,
            args,
            cwd: folder,
            env: { ...env, KAFKA_BROKERS: cluster.brokers.join(','), KAFKA_TOPIC: topic },
            isReady: (output) => alertsIn(output).length >= count,
          });
          await child.end('SIGINT');
          return alertsIn(child.output());
        };
        const channel = channelOf('kafka', { brokers: cluster.brokers, tls: false, topic });
        await deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash'));
        await deliver(channel, raisedAlert(2, 'zcash'), raisedAlert(3));
        const what = 'price changed by more than 2% from the 5-min average';
        expect(await printed(3)).toEqual([
          `2026-01-05T12:00:01.000Z warning bitcoin ${what}`,
          `2026-01-05T12:00:02.000Z warning zcash ${what}`,
          `2026-01-05T12:00:03.000Z warning bitcoin ${what}`,
        ]);
        // It continues after the last alert whose offset was committed, and may repeat one that was not.
        await deliver(channel, raisedAlert(4, 'ethereum'));
        await channel.close?.();
        const later = await printed(1);
        expect(later.length).toBeLessThan(3);
        if (later.length === 1) expect(later[0]).toMatch(/ (bitcoin|ethereum) /);
      },
    );
  }

  it('is tested by the command with the password in a file', async () => {
    const { dataDir: _, ...options } = secure();
    const channels = [{ id: 'broker', kind: 'kafka', options }];
    writeFileSync(join(folder, 'settings.json'), JSON.stringify({ channels }));
    writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
    const test = (file: string) =>
      runCli(['channels', 'test', 'broker', '--data-dir', folder], {
        ...process.env,
        CHANNEL_BROKER_PASSWORD_FILE: join(folder, file),
      });
    expect(await test('password')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^broker: delivered/),
    });
    writeFileSync(join(folder, 'wrong'), 'planted');
    const wrong = await test('wrong');
    expect(wrong).toMatchObject({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(
      /broker: refused: 127\.0\.0\.1:\d+ does not accept the user or the password/,
    );
    expect(wrong.stderr).not.toContain('planted');
  });
});
