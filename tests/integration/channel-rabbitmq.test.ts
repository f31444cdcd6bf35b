import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectSocket, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RabbitmqServer, rabbitmqIsMissing, startRabbitmq } from '../counterparts/rabbitmq.ts';
import { documentedOptions } from '../documented-channels.ts';
import { until } from '../program.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';
import { listen } from './proxy.ts';
import { SELF_SIGNED } from './self-signed.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

const KEY_PASSWORD = 'planted-key-password';

describe.skipIf(rabbitmqIsMissing !== null)(`RabbitMQ (${rabbitmqIsMissing ?? 'installed'})`, () => {
  let server: RabbitmqServer;
  let folder: string;

  beforeAll(async () => {
    server = await startRabbitmq(SIGNED.localhost);
    folder = mkdtempSync(join(tmpdir(), 'channel-rabbitmq-'));
    const files = {
      'authority.pem': AUTHORITY,
      'client.pem': SIGNED.client.cert,
      'client-key.pem': SIGNED.client.key,
      'locked-key.pem': createPrivateKey(SIGNED.client.key).export({
        format: 'pem',
        type: 'pkcs8',
        cipher: 'aes-256-cbc',
        passphrase: KEY_PASSWORD,
      }),
      'stranger.pem': SELF_SIGNED.cert,
      'stranger-key.pem': SELF_SIGNED.key,
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  /** Binds a durable queue. */
  async function bind(queue: string, exchange: string, key: string): Promise<void> {
    const connection = await connect(server.url);
    const channel = await connection.createChannel();
    await channel.assertExchange(exchange, 'topic', { durable: true });
    await channel.assertQueue(queue, { durable: true });
    await channel.bindQueue(queue, exchange, key);
    await channel.close();
    await connection.close();
  }

  /** Removes all messages from a queue and returns them. */
  async function drain(queue: string) {
    const connection = await connect(server.url);
    const channel = await connection.createChannel();
    const got = [];
    for (let next = await channel.get(queue); next !== false; next = await channel.get(queue)) {
      channel.ack(next);
      got.push({
        id: String(next.properties.messageId),
        key: next.fields.routingKey,
        isPersistent: next.properties.deliveryMode === 2,
        event: JSON.parse(next.content.toString()) as { readonly id: string },
      });
    }
    await channel.close();
    await connection.close();
    return got;
  }

  it('routes alerts by severity and coin, persistent and with the alert’s id', async () => {
    await bind('zcash', 'prices', 'alert.*.zcash');
    await bind('warnings', 'prices', 'alert.warning.#');
    const channel = channelOf('rabbitmq', documentedOptions('rabbitmq'), { url: server.url });
    await deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash'));
    await channel.close?.();
    expect((await drain('zcash')).map(({ id }) => id)).toEqual(['alert-2']);
    expect(await drain('warnings')).toMatchObject([
      { id: 'alert-1', key: 'alert.warning.bitcoin', isPersistent: true, event: { id: 'alert-1' } },
      { id: 'alert-2', key: 'alert.warning.zcash', isPersistent: true, event: { id: 'alert-2' } },
    ]);
  });

  it('treats an unroutable alert as undelivered, and names its routing key', async () => {
    await bind('only-zcash', 'narrow', 'alert.*.zcash');
    const channel = channelOf('rabbitmq', { exchange: 'narrow' }, { url: server.url });
    const error = await failureOf(deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash')));
    expect(error).toMatchObject({ kind: 'unreachable', delivered: ['alert-2'] });
    expect(error.message).toContain('"alert.warning.bitcoin"');
    await bind('the-rest', 'narrow', 'alert.#');
    await deliver(channel, raisedAlert(1));
    expect(await drain('the-rest')).toMatchObject([{ id: 'alert-1' }]);
    await channel.close?.();
  });

  it('loses no confirmed message when the broker is killed, and reconnects', async () => {
    await bind('all', 'killed', 'alert.#');
    const channel = channelOf('rabbitmq', { exchange: 'killed' }, { url: server.url });
    await deliver(channel, raisedAlert(1));
    await server.kill();
    expect(await failureOf(deliver(channel, raisedAlert(2)))).toMatchObject({ kind: 'unreachable' });
    await server.restart();
    await deliver(channel, raisedAlert(2));
    await channel.close?.();
    const ids = (await drain('all')).map(({ id }) => id);
    expect([...new Set(ids)]).toEqual(['alert-1', 'alert-2']);
  });

  it('sends nothing while the broker blocks its publishers, and reports why', async () => {
    await bind('blocked', 'blocked', 'alert.#');
    const channel = channelOf('rabbitmq', { exchange: 'blocked' }, { url: server.url });
    const attempt = (number: number) =>
      channel.deliver([raisedAlert(number)], AbortSignal.timeout(10_000)).then(
        () => null,
        (error: Error) => error.message,
      );
    await server.setAlarm(true);
    for (let attempts = 0; attempts < 3; attempts += 1)
      expect(await attempt(1)).toMatch(/accepts no messages at the moment: low on memory/);
    await server.setAlarm(false);
    await until(async () => (await attempt(2)) === null);
    await channel.close?.();
    expect((await drain('blocked')).map(({ id }) => id)).toEqual(['alert-1', 'alert-2']);
  });

  it('is refused with a wrong password, which is not repeated', async () => {
    const url = new URL(server.url);
    url.username = 'nobody';
    url.password = 'planted';
    const channel = channelOf('rabbitmq', {}, { url: url.href });
    const error = await failureOf(deliver(channel, raisedAlert(1)));
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).not.toContain('planted');
    await channel.close?.();
  });

  it('connects over TLS to a broker with a private certificate authority, and not without its file', async () => {
    await bind('secure', 'secure', 'alert.#');
    const open = (options: object) =>
      channelOf('rabbitmq', { exchange: 'secure', dataDir: folder, ...options }, { url: server.secureUrl });
    const channel = open({ caFile: 'authority.pem' });
    await deliver(channel, raisedAlert(1));
    await channel.close?.();
    expect(await drain('secure')).toMatchObject([{ id: 'alert-1' }]);
    const untrusted = open({});
    // The second delivery tries to connect again.
    for (const number of [2, 3]) {
      expect(await failureOf(deliver(untrusted, raisedAlert(number)))).toMatchObject({
        kind: 'certificate',
        message: expect.stringContaining('"caFile"'),
      });
    }
  });

  it('leaves no connection open when the broker refuses the exchange', async () => {
    const connection = await connect(server.url);
    const setUp = await connection.createChannel();
    await setUp.assertExchange('of-another-type', 'fanout', { durable: true });
    await connection.close();
    let open = 0;
    const front = createServer((client) => {
      const broker = connectSocket(server.port, '127.0.0.1');
      open++;
      broker.once('close', () => {
        open--;
        client.destroy();
      });
      for (const socket of [client, broker]) socket.on('error', () => socket.destroy());
      client.pipe(broker).pipe(client);
    });
    const url = `amqp://guest:guest@127.0.0.1:${await listen(front)}`;
    const channel = channelOf('rabbitmq', { exchange: 'of-another-type' }, { url });
    for (let attempt = 0; attempt < 3; attempt++) {
      const error = await failureOf(deliver(channel, raisedAlert(1)));
      expect(error.message).toContain('PRECONDITION_FAILED');
    }
    await until(() => open === 0);
    await channel.close?.();
    await new Promise((closed) => front.close(closed));
  });

  describe('that requires client certificates', () => {
    beforeAll(async () => {
      await bind('mutual', 'mutual', 'alert.#');
      await server.kill();
      await server.restart(AUTHORITY);
    });

    const mutual = (options: object = {}, keyPassword?: string) =>
      channelOf(
        'rabbitmq',
        {
          exchange: 'mutual',
          caFile: 'authority.pem',
          certFile: 'client.pem',
          keyFile: 'client-key.pem',
          dataDir: folder,
          ...options,
        },
        { url: server.secureUrl, ...(keyPassword !== undefined && { keyPassword }) },
      );

    it('authenticates with the certificate of the files, whose key may be encrypted', async () => {
      const plain = mutual();
      await deliver(plain, raisedAlert(1));
      const locked = mutual({ keyFile: 'locked-key.pem' }, KEY_PASSWORD);
      await deliver(locked, raisedAlert(2));
      await Promise.all([plain.close?.(), locked.close?.()]);
      expect((await drain('mutual')).map(({ id }) => id)).toEqual(['alert-1', 'alert-2']);
    });

    it.each([
      ['no certificate', { certFile: undefined, keyFile: undefined }, '"certFile" and "keyFile"'],
      [
        'one of a stranger',
        { certFile: 'stranger.pem', keyFile: 'stranger-key.pem' },
        '"certFile" and "keyFile"',
      ],
      ['the key of another', { keyFile: 'stranger-key.pem' }, 'is not that of the certificate'],
      ['an encrypted key and no password', { keyFile: 'locked-key.pem' }, 'keyPassword'],
    ])('refuses %s, and the error says what to do', async (_, options, words) => {
      const channel = mutual(options);
      // The second delivery tries to connect again.
      for (const number of [3, 4]) {
        expect(await failureOf(deliver(channel, raisedAlert(number)))).toMatchObject({
          kind: 'certificate',
          message: expect.stringContaining(words),
        });
      }
      await channel.close?.();
      expect(await drain('mutual')).toEqual([]);
    });
  });
});
