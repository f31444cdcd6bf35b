import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { until } from '../program.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** @param port any when 0 */
async function startBroker(
  port = 0,
  certificate?: { readonly cert: string; readonly key: string },
): Promise<{ port: number; kill(): Promise<void> }> {
  const broker = await Aedes.createBroker({
    authenticate: (_client, user, password, done) =>
      done(null, user === undefined || (user === 'me' && password?.toString() === 'planted-password')),
  });
  const server: Server =
    certificate === undefined ? createServer(broker.handle) : createTlsServer(certificate, broker.handle);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const kill = async (): Promise<void> => {
    await new Promise<void>((resolve) => broker.close(resolve));
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  closers.push(kill);
  return { port: (server.address() as AddressInfo).port, kill };
}

/** What a subscriber gets from now on, retained messages first. */
async function subscribe(port: number) {
  const client = await connectAsync(`mqtt://127.0.0.1:${port}`);
  const got: { topic: string; text: string; retain: boolean }[] = [];
  client.on('message', (topic, payload, { retain }) => got.push({ topic, text: payload.toString(), retain }));
  await client.subscribeAsync('#', { qos: 1 });
  closers.push(async () => client.endAsync(true));
  return got;
}

describe('MQTT', () => {
  it('publishes events, keeps the last state, and announces a sensor once', async () => {
    const { port } = await startBroker();
    const got = await subscribe(port);
    const channel = channelOf(
      'mqtt',
      { url: `mqtt://127.0.0.1:${port}`, user: 'me' },
      { password: 'planted-password' },
    );
    await deliver(channel, raisedAlert(1), raisedAlert(2));
    await until(() => got.length === 5);
    expect(got.map(({ topic }) => topic)).toEqual([
      'homeassistant/sensor/crypto_price_monitor/bitcoin/config',
      'crypto-price-monitor/alert/bitcoin',
      'crypto-price-monitor/state/bitcoin',
      'crypto-price-monitor/alert/bitcoin',
      'crypto-price-monitor/state/bitcoin',
    ]);
    expect(JSON.parse(got[1]?.text ?? '')).toMatchObject({ id: 'alert-1', data: { price: 61_801 } });
    const late = await subscribe(port);
    await until(() => late.length === 2);
    expect(late.every(({ retain }) => retain)).toBe(true);
    const state = late.find(({ topic }) => topic.includes('/state/'));
    expect(JSON.parse(state?.text ?? '')).toMatchObject({ id: 'alert-2' });
    const sensor = late.find(({ topic }) => topic.startsWith('homeassistant/'));
    expect(JSON.parse(sensor?.text ?? '')).toMatchObject({
      state_topic: 'crypto-price-monitor/state/bitcoin',
    });
    await channel.close?.();
  });

  it('is unreachable while the broker is away, and goes on when it is back', async () => {
    const first = await startBroker();
    const channel = channelOf('mqtt', { url: `mqtt://127.0.0.1:${first.port}`, discovery: false });
    await deliver(channel, raisedAlert(1));
    await first.kill();
    closers.length = 0;
    expect(await failureOf(deliver(channel, raisedAlert(2)))).toMatchObject({ kind: 'unreachable' });
    await startBroker(first.port);
    const got = await subscribe(first.port);
    await deliver(channel, raisedAlert(2));
    await until(() => got.length === 2);
    expect(JSON.parse(got[0]?.text ?? '')).toMatchObject({ id: 'alert-2' });
    await channel.close?.();
  });

  it('is refused with a wrong password, which is not repeated', async () => {
    const { port } = await startBroker();
    const channel = channelOf(
      'mqtt',
      { url: `mqtt://127.0.0.1:${port}`, user: 'me' },
      { password: 'planted' },
    );
    const error = await failureOf(deliver(channel, raisedAlert(1)));
    expect(error).toMatchObject({ kind: 'refused' });
    expect(error.message).not.toContain('planted');
    await channel.close?.();
  });

  it('goes over TLS with a password to a broker of an authority of its own, and not without its file', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'channel-mqtt-'));
    writeFileSync(join(dataDir, 'authority.pem'), AUTHORITY);
    const { port } = await startBroker(0, SIGNED.localhost);
    const open = (options: object, password = 'planted-password') =>
      channelOf(
        'mqtt',
        { url: `mqtts://localhost:${port}`, user: 'me', caFile: 'authority.pem', dataDir, ...options },
        { password },
      );
    try {
      const channel = open({});
      await deliver(channel, raisedAlert(1), raisedAlert(2));
      await channel.close?.();
      expect(await failureOf(deliver(open({}, 'planted'), raisedAlert(1)))).toMatchObject({
        kind: 'refused',
      });
      const untrusted = await failureOf(deliver(open({ caFile: undefined }), raisedAlert(1)));
      expect(untrusted).toMatchObject({ kind: 'certificate', message: expect.stringContaining('"caFile"') });
      const elsewhere = await startBroker(0, SIGNED.elsewhere);
      const wrongHost = open({ url: `mqtts://localhost:${elsewhere.port}` });
      expect(await failureOf(deliver(wrongHost, raisedAlert(1)))).toMatchObject({
        kind: 'certificate',
        message: expect.stringMatching(/certificate of localhost is not trusted: .*db\.example/),
      });
    } finally {
      rmSync(dataDir, { recursive: true });
    }
  });
});
