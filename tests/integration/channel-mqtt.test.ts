import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import { connectAsync } from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MosquittoBroker, mosquittoIsMissing, startMosquitto } from '../counterparts/mosquitto.ts';
import { servicePort } from '../counterparts/service-port.ts';
import { documentedOptions } from '../documented-channels.ts';
import { until } from '../program.ts';
import { channelOf, deliver, failureOf, raisedAlert } from './channel-fixture.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

const USERS = ['me', 'prices'];
const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startBroker(
  certificate?: { readonly cert: string; readonly key: string },
  wanted?: number,
): Promise<{ port: number; kill(): Promise<void> }> {
  const broker = await Aedes.createBroker({
    authenticate: (_client, user, password, done) =>
      done(null, user === undefined || (USERS.includes(user) && password?.toString() === 'planted-password')),
  });
  const server: Server =
    certificate === undefined ? createServer(broker.handle) : createTlsServer(certificate, broker.handle);
  const port = wanted ?? (await servicePort());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const kill = async (): Promise<void> => {
    await new Promise<void>((resolve) => broker.close(resolve));
    await new Promise<void>((resolve) => server.close(() => resolve()));
  };
  closers.push(kill);
  return { port, kill };
}

/** Subscribes to all topics; returns the received messages, retained ones first. */
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
      { ...documentedOptions('mqtt'), url: `mqtt://127.0.0.1:${port}` },
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

  it('is unreachable while the broker is down, and continues when it is back', async () => {
    const first = await startBroker();
    const channel = channelOf('mqtt', { url: `mqtt://127.0.0.1:${first.port}`, discovery: false });
    await deliver(channel, raisedAlert(1));
    await first.kill();
    closers.length = 0;
    expect(await failureOf(deliver(channel, raisedAlert(2)))).toMatchObject({ kind: 'unreachable' });
    await startBroker(undefined, first.port);
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

  it('connects over TLS with a password to a broker with a private certificate authority, and not without its file', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'channel-mqtt-'));
    writeFileSync(join(dataDir, 'authority.pem'), AUTHORITY);
    const { port } = await startBroker(SIGNED.localhost);
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
      const elsewhere = await startBroker(SIGNED.elsewhere);
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

describe.skipIf(mosquittoIsMissing !== null)(`Mosquitto (${mosquittoIsMissing ?? 'installed'})`, () => {
  let broker: MosquittoBroker;
  let dataDir: string;

  beforeAll(async () => {
    dataDir = mkdtempSync(join(tmpdir(), 'channel-mosquitto-'));
    writeFileSync(join(dataDir, 'authority.pem'), AUTHORITY);
    writeFileSync(join(dataDir, 'client.pem'), SIGNED.client.cert);
    writeFileSync(join(dataDir, 'client-key.pem'), SIGNED.client.key);
    broker = await startMosquitto({
      certificate: SIGNED.localhost,
      clientAuthority: AUTHORITY,
      user: 'me',
      password: 'planted-password',
    });
  });
  afterAll(async () => {
    await broker?.close();
    rmSync(dataDir, { recursive: true });
  });

  const secure = (options: object = {}, password: string | null = 'planted-password') =>
    channelOf(
      'mqtt',
      {
        url: `mqtts://localhost:${broker.securePort}`,
        user: 'me',
        caFile: 'authority.pem',
        dataDir,
        ...options,
      },
      password === null ? {} : { password },
    );

  it('receives events over TLS with a password, and retains state and sensor after a kill', async () => {
    const live = await subscribe(broker.port);
    const channel = secure({ topic: 'kill' });
    const ofThis = (got: typeof live) => got.filter(({ topic }) => /^kill|zcash/.test(topic));
    await deliver(channel, raisedAlert(1, 'zcash'), raisedAlert(2, 'zcash'));
    await until(() => ofThis(live).length === 5);
    expect(ofThis(live).map(({ topic }) => topic)).toEqual([
      'homeassistant/sensor/crypto_price_monitor/zcash/config',
      'kill/alert/zcash',
      'kill/state/zcash',
      'kill/alert/zcash',
      'kill/state/zcash',
    ]);
    for (let number = 3; number < 6; number++) {
      await broker.kill();
      expect(await failureOf(deliver(channel, raisedAlert(number, 'zcash')))).toMatchObject({
        kind: 'unreachable',
      });
      await broker.restart();
      await deliver(channel, raisedAlert(number, 'zcash'));
    }
    await channel.close?.();
    const late = await subscribe(broker.port);
    await until(() => ofThis(late).length === 2);
    expect(ofThis(late).every(({ retain }) => retain)).toBe(true);
    const [state, sensor] = ['kill/state/', 'homeassistant/'].map((start) =>
      JSON.parse(ofThis(late).find(({ topic }) => topic.startsWith(start))?.text ?? ''),
    );
    expect(state).toMatchObject({ id: 'alert-5' });
    expect(sensor).toMatchObject({
      state_topic: 'kill/state/zcash',
      unique_id: 'crypto_price_monitor_zcash',
    });
  });

  it('refuses a wrong password, and is not trusted without the file of its authority', async () => {
    const wrong = await failureOf(deliver(secure({}, 'planted'), raisedAlert(1)));
    expect(wrong).toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('does not accept the user'),
    });
    expect(wrong.message).not.toContain('planted');
    const untrusted = await failureOf(deliver(secure({ caFile: undefined }), raisedAlert(1)));
    expect(untrusted).toMatchObject({ kind: 'certificate' });
  });

  it('accepts a client certificate, and a missing one is reported', async () => {
    const url = `mqtts://localhost:${broker.mutualPort}`;
    const mutual = secure({ url, user: undefined, certFile: 'client.pem', keyFile: 'client-key.pem' }, null);
    await deliver(mutual, raisedAlert(1));
    await mutual.close?.();
    expect(await failureOf(deliver(secure({ url }), raisedAlert(1)))).toMatchObject({
      kind: 'certificate',
      message: expect.stringContaining('"certFile" and "keyFile"'),
    });
  });
});
