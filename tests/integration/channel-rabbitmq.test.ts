import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RabbitmqServer, rabbitmqIsMissing, startRabbitmq } from '../counterparts/rabbitmq.ts';
import { documentedOptions } from '../documented-channels.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

describe.skipIf(rabbitmqIsMissing !== null)(`RabbitMQ (${rabbitmqIsMissing ?? 'installed'})`, () => {
  let server: RabbitmqServer;
  let folder: string;

  beforeAll(async () => {
    server = await startRabbitmq(SIGNED.localhost);
    folder = mkdtempSync(join(tmpdir(), 'channel-rabbitmq-'));
    writeFileSync(join(folder, 'authority.pem'), AUTHORITY);
  }, 120_000);
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

  /** Takes all that a queue has. */
  async function take(queue: string) {
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
    expect((await take('zcash')).map(({ id }) => id)).toEqual(['alert-2']);
    expect(await take('warnings')).toMatchObject([
      { id: 'alert-1', key: 'alert.warning.bitcoin', isPersistent: true, event: { id: 'alert-1' } },
      { id: 'alert-2', key: 'alert.warning.zcash', isPersistent: true, event: { id: 'alert-2' } },
    ]);
  });

  it('takes an alert that no queue gets for undelivered, and says which', async () => {
    await bind('only-zcash', 'narrow', 'alert.*.zcash');
    const channel = channelOf('rabbitmq', { exchange: 'narrow' }, { url: server.url });
    const error = await failureOf(deliver(channel, raisedAlert(1), raisedAlert(2, 'zcash')));
    expect(error).toMatchObject({ kind: 'unreachable', delivered: ['alert-2'] });
    expect(error.message).toContain('"alert.warning.bitcoin"');
    await bind('the-rest', 'narrow', 'alert.#');
    await deliver(channel, raisedAlert(1));
    expect(await take('the-rest')).toMatchObject([{ id: 'alert-1' }]);
    await channel.close?.();
  });

  it('loses nothing that it confirmed when the broker is killed, and connects anew', async () => {
    await bind('all', 'killed', 'alert.#');
    const channel = channelOf('rabbitmq', { exchange: 'killed' }, { url: server.url });
    await deliver(channel, raisedAlert(1));
    await server.kill();
    expect(await failureOf(deliver(channel, raisedAlert(2)))).toMatchObject({ kind: 'unreachable' });
    await server.restart();
    await deliver(channel, raisedAlert(2));
    await channel.close?.();
    const ids = (await take('all')).map(({ id }) => id);
    expect([...new Set(ids)]).toEqual(['alert-1', 'alert-2']);
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

  it('goes over TLS to a broker of an authority of its own, and not without its file', async () => {
    await bind('secure', 'secure', 'alert.#');
    const open = (options: object) =>
      channelOf('rabbitmq', { exchange: 'secure', dataDir: folder, ...options }, { url: server.secureUrl });
    const channel = open({ caFile: 'authority.pem' });
    await deliver(channel, raisedAlert(1));
    await channel.close?.();
    expect(await take('secure')).toMatchObject([{ id: 'alert-1' }]);
    const untrusted = open({});
    // Also the second time: what could not be opened is opened anew.
    for (const number of [2, 3]) {
      expect(await failureOf(deliver(untrusted, raisedAlert(number)))).toMatchObject({
        kind: 'certificate',
        message: expect.stringContaining('"caFile"'),
      });
    }
  });
});
