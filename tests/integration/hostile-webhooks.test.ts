import type { lookup } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel } from '../../electron/monitor/delivery/channel.ts';
import { createChannelDelivery } from '../../electron/monitor/delivery/channel-delivery.ts';
import { CHANNEL_KINDS } from '../../electron/monitor/delivery/channels/registry.ts';
import type { Delivery } from '../../electron/monitor/delivery/delivery.ts';
import { DeliveryError } from '../../electron/monitor/delivery/delivery-error.ts';
import { createSendHttp } from '../../electron/monitor/delivery/http/send-http.ts';
import type { SendHttp } from '../../electron/monitor/delivery/http-request.ts';
import { openChannel } from '../../electron/monitor/delivery/open-channel.ts';
import { createLogger, silentLog } from '../../electron/monitor/logging/logger.ts';
import { environmentNetwork } from '../../electron/monitor/network/environment-network.ts';
import { systemClock, virtualClock } from '../../electron/monitor/time/clock.ts';
import { FAILURE_KINDS } from '../../shared/domain/delivery.ts';
import { channelSettingSchema } from '../../shared/settings/channel-setting.ts';
import { until } from '../program.ts';
import { raisedAlert } from './channel-fixture.ts';
import { startHostileProxy } from './hostile-proxy.ts';
import { type HostileResponse, type HostileScene, hostileResponse } from './hostile-responses.ts';
import { createSeededRandom, replayable, type SeededRandom, seedFrom } from './seeded-random.ts';
import { SELF_SIGNED } from './self-signed.ts';
import { AUTHORITY, SIGNED } from './signed-certificates.ts';

const RESPONSES = 1_000;
/** Fewer, because each has an additional handshake. */
const RESPONSES_THROUGH_PROXY = 200;
const AT_ONCE = 100;
/** The timeout for an endless response, which must end. */
const PATIENCE_MS = 250;
const MAX_REQUESTS = 4;
const SIX_HOURS_MS = 6 * 3_600_000;

const SECRET_PATH = 'Planted-Path-9Qz';
const SECRET_TOKEN = 'Planted+Token/7Wx==';
const SECRETS = [SECRET_PATH, `/hooks/${SECRET_PATH}`, SECRET_TOKEN, `Bearer ${SECRET_TOKEN}`];

const servers: Server[] = [];
const sockets = new Set<Socket>();
/** Connections to a port to which no redirect and no name may lead. */
let trespasses = 0;

async function listen(server: Server, host = '127.0.0.1'): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

/** The server's response to each alert, by its id, and the number of requests for it. */
const planned = new Map<string, { readonly response: HostileResponse; requests: number }>();

function respondTo(socket: Socket): void {
  let requested = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    requested += chunk.toString('latin1');
    const id = /^webhook-id: (.+)\r$/im.exec(requested)?.[1];
    if (id === undefined || !requested.endsWith('}')) return;
    requested = '';
    const plan = planned.get(id);
    if (plan === undefined) return void socket.destroy();
    plan.requests += 1;
    plan.response.response(socket);
  });
}

/** The addresses of this machine to which names resolve, in turn, so that a check before the connection may see another one. */
let lookups = 0;
const REBOUND = [['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['10.0.0.1', '127.0.0.1'], []] as const;
const resolverOf = (next: () => readonly string[]): typeof lookup =>
  ((_: string, __: unknown, callback: (error: Error | null, found: unknown) => void) =>
    callback(
      null,
      next().map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )) as unknown as typeof lookup;
const resolve = resolverOf(() => REBOUND[lookups++ % REBOUND.length] ?? []);

const sendHttp = createSendHttp({ resolve, network: environmentNetwork({}) });

function webhookAt(base: string, send: SendHttp = sendHttp): Channel {
  const setting = channelSettingSchema.parse({ id: 'hook', kind: 'webhook' });
  const secrets: Readonly<Record<string, string>> = {
    url: `${base}/hooks/${SECRET_PATH}`,
    authorization: `Bearer ${SECRET_TOKEN}`,
    signingSecret: 'Planted-signing-secret',
  };
  return openChannel(setting, {
    kinds: CHANNEL_KINDS,
    context: { sendHttp: send, clock: systemClock, dataDir: '/' },
    secret: (_, option) => secrets[option] ?? null,
  });
}

let ports: { readonly hostile: number; readonly selfSigned: number; readonly elsewhere: number };
let scene: HostileScene;

beforeAll(async () => {
  const trespass = (): void => void trespasses++;
  const forbidden = {
    http: await listen(createServer(trespass)),
    tls: await listen(createTlsServer(SIGNED.localhost).on('connection', trespass)),
  };
  ports = {
    hostile: await listen(createServer(respondTo)),
    selfSigned: await listen(createTlsServer(SELF_SIGNED, respondTo)),
    elsewhere: await listen(createTlsServer(SIGNED.elsewhere, respondTo)),
  };
  scene = { secrets: SECRETS, forbidden, self: `http://127.0.0.1:${ports.hostile}/hooks/${SECRET_PATH}` };
});

afterAll(async () => {
  await sendHttp.close();
  for (const socket of sockets) socket.destroy();
  for (const server of servers) await new Promise((closed) => server.close(closed));
});

/** All texts of an error that users, pages, the log and the outbox receive. */
function outputsOf(error: DeliveryError): readonly string[] {
  const lines: string[] = [];
  createLogger('info', { write: (line) => void lines.push(line) }).error(
    { err: error },
    'cannot be delivered',
  );
  return [...lines, JSON.stringify(error.content), error.stack ?? '', String(error)];
}

type Campaign = {
  readonly responses: number;
  /** The addresses of the webhook, used in turn. */
  readonly bases: readonly string[];
  readonly send: SendHttp;
  readonly scene: HostileScene;
  /** Whether a response from an address can be a success. */
  readonly canSucceed: (base: string) => boolean;
  /** Whether no response from an address is ever complete. */
  readonly isEndless: (base: string) => boolean;
  /** Whether each request has a new connection, which no earlier response can have affected. */
  readonly hasOwnConnections: boolean;
};

/** Sends an alert for each hostile response. Returns the outputs and the kinds of the failures. */
async function provoke(
  random: SeededRandom,
  { responses, bases, send, scene: at, canSucceed, isEndless, hasOwnConnections }: Campaign,
): Promise<{ readonly outputs: readonly string[]; readonly kinds: ReadonlySet<string> }> {
  const channels = new Map(bases.map((base) => [base, webhookAt(base, send)]));
  const cases = Array.from({ length: responses }, (_, number) => ({
    alert: raisedAlert(number),
    base: random.pick(bases),
    response: hostileResponse(random, at),
  }));
  const outputs: string[] = [];
  const kinds = new Set<string>();

  const provokeOne = async ({ alert, base, response }: (typeof cases)[number]): Promise<void> => {
    planned.set(alert.id, { response, requests: 0 });
    const patience = AbortSignal.timeout(
      PATIENCE_MS * (response.isEndless === true || isEndless(base) ? 1 : 40),
    );
    const error: unknown = await channels
      .get(base)
      ?.deliver([alert], patience)
      .then(
        () => null,
        (cause: unknown) => cause,
      );
    const name = `${response.name} at ${base}`;
    expect(planned.get(alert.id)?.requests, name).toBeLessThanOrEqual(MAX_REQUESTS);
    if (error === null) {
      expect(canSucceed(base), `${name} is delivered`).toBe(true);
      return;
    }
    if (canSucceed(base) && hasOwnConnections)
      expect(response.isSuccess, `${name}: ${String(error)}`).not.toBe(true);
    if (!(error instanceof DeliveryError)) throw new Error(`${name}: no DeliveryError`, { cause: error });
    kinds.add(error.kind);
    outputs.push(...outputsOf(error));
  };
  const queue = cases.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const each of queue) await provokeOne(each);
    }),
  );
  return { outputs, kinds };
}

/** Checks that no output contains a secret, in any form, or is long. */
function expectNoLeak(outputs: readonly string[]): void {
  const text = outputs.join('\n').toLowerCase();
  const hidden = SECRETS.flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(secret).toString('base64').replace(/=+$/, ''),
    Buffer.from(secret).toString('hex'),
  ]);
  // Also not the beginning of a truncated secret.
  hidden.push(SECRET_PATH.slice(0, 12), SECRET_TOKEN.slice(0, 12));
  expect(hidden.filter((secret) => text.includes(secret.toLowerCase()))).toEqual([]);
  expect(outputs.length).toBeGreaterThan(0);
  expect(Math.max(...outputs.map(({ length }) => length))).toBeLessThan(5_000);
}

describe('a webhook with a hostile server', () => {
  it(`handles ${RESPONSES} hostile responses without a leak, a loop or a hang`, async () => {
    const seed = seedFrom('HOSTILE_SEED', 1);
    await replayable('HOSTILE_SEED', seed, async () => {
      const noTls = `https://127.0.0.1:${ports.hostile}`;
      const { outputs, kinds } = await provoke(createSeededRandom(seed), {
        responses: RESPONSES,
        bases: [
          ...Array.from({ length: 16 }, () => `http://127.0.0.1:${ports.hostile}`),
          `https://localhost:${ports.selfSigned}`,
          `https://127.0.0.1:${ports.elsewhere}`,
          noTls,
          `https://rebound.example:${scene.forbidden.tls}`,
        ],
        send: sendHttp,
        scene,
        canSucceed: (base) => base.startsWith('http:'),
        isEndless: (base) => base === noTls,
        hasOwnConnections: true,
      });
      expect(trespasses).toBe(0);
      expect([...kinds].toSorted()).toEqual([...FAILURE_KINDS].toSorted());
      expectNoLeak(outputs);
    });
  });

  it.skipIf(process.platform !== 'linux')(
    'is requested at the address that was checked, however its name changes (only on Linux, where the machine has a second address)',
    async () => {
      /** Stands for an address on the public internet. */
      const checked = '127.0.0.2';
      let connections = 0;
      const port = await listen(
        createServer((socket) => {
          connections++;
          socket.destroy();
        }),
        checked,
      );
      /** Listens at the same port of this machine, to which the name resolves next time. */
      const inside = createServer(() => void trespasses++);
      servers.push(inside);
      await new Promise<void>((listening) => inside.listen(port, '127.0.0.1', listening));
      const found: (readonly string[])[] = [];
      const rebinding = createSendHttp({
        resolve: resolverOf(() => found.shift() ?? ['127.0.0.1']),
        isPublic: (address) => address === checked,
        network: environmentNetwork({}),
      });
      const url = `https://rebound.example:${port}`;
      const redirected = {
        name: 'a redirect to a name',
        response: (socket: Socket) =>
          void socket.end(`HTTP/1.1 307 There\r\nlocation: ${url}/\r\ncontent-length: 0\r\n\r\n`),
      };
      try {
        for (const base of [url, `http://127.0.0.1:${ports.hostile}`]) {
          for (const [addresses, reached, kind] of [
            [[checked], 1, 'unreachable'],
            [['127.0.0.1', checked], 1, 'unreachable'],
            [[checked, '10.0.0.1', '::1'], 1, 'unreachable'],
            [['127.0.0.1'], 0, 'refused'],
            [['::1', '10.0.0.1'], 0, 'refused'],
            [[], 0, 'refused'],
          ] as const) {
            const alert = raisedAlert(0);
            planned.set(alert.id, { response: redirected, requests: 0 });
            // A second lookup of the name would lead to this machine.
            found.splice(0, found.length, addresses);
            connections = 0;
            const sent = webhookAt(base, rebinding).deliver([alert], AbortSignal.timeout(PATIENCE_MS * 40));
            await expect(sent, `${base} at ${addresses.join()}`).rejects.toMatchObject({ kind });
            expect(connections, `${base} at ${addresses.join()}`).toBe(reached);
          }
        }
        expect(trespasses).toBe(0);
      } finally {
        await rebinding.close();
      }
    },
  );

  describe('behind a proxy', () => {
    const before = getCACertificates('default');
    beforeAll(() => setDefaultCACertificates([...before, AUTHORITY]));
    afterAll(() => setDefaultCACertificates(before));

    it(`handles ${RESPONSES_THROUGH_PROXY} hostile responses of servers and proxies, and requests no other address`, async () => {
      const seed = seedFrom('HOSTILE_SEED', 1);
      await replayable('HOSTILE_SEED', seed, async () => {
        const random = createSeededRandom(seed);
        // The name in the certificate of this server.
        const trusted = `https://db.example:${ports.elsewhere}`;
        const proxy = await startHostileProxy({ random, leadsTo: 'db.example' });
        const send = createSendHttp({ network: environmentNetwork({ HTTPS_PROXY: proxy.url }) });
        try {
          const { outputs, kinds } = await provoke(random, {
            responses: RESPONSES_THROUGH_PROXY,
            bases: [
              ...Array.from({ length: 8 }, () => trusted),
              `https://db.example:${ports.selfSigned}`,
              'https://wild.example',
            ],
            send,
            scene: { ...scene, self: `${trusted}/hooks/${SECRET_PATH}` },
            canSucceed: (base) => base === trusted,
            isEndless: (base) => base === 'https://wild.example',
            hasOwnConnections: false,
          });
          expect(trespasses).toBe(0);
          expect([...kinds].toSorted()).toEqual([...FAILURE_KINDS].toSorted());
          expectNoLeak(outputs);
          expect(outputs.join('\n')).not.toContain(proxy.password);
          // No IP address, and no name of this machine or its network.
          expect(proxy.requested().filter((authority) => !/^[\w%-]+\.example:\d+$/.test(authority))).toEqual(
            [],
          );
          expect(new Set(proxy.requested()).size).toBeGreaterThan(2);
        } finally {
          await send.close();
          await proxy.close();
        }
      });
    });
  });

  it('that always responds with 429 is requested again after the delay that it sends, or six hours if that is longer', async () => {
    for (const [wait, mostAttempts] of [
      ['9'.repeat(400), 2],
      ['3600', 7],
      ['0', 6 * 60 + 30],
    ] as const) {
      const alert = raisedAlert(0);
      const plan = {
        requests: 0,
        response: {
          name: '429',
          response: (socket: Socket) =>
            void socket.end(`HTTP/1.1 429 Wait\r\nretry-after: ${wait}\r\ncontent-length: 0\r\n\r\n`),
        },
      };
      planned.set(alert.id, plan);
      const clock = virtualClock(alert.raisedAt);
      const noted: Delivery[] = [];
      const delivery = createChannelDelivery({
        channel: webhookAt(`http://127.0.0.1:${ports.hostile}`),
        outbox: { unsettled: () => [], has: () => false, note: (_, each) => void noted.push(...each) },
        clock,
        random: () => 0.5,
        log: silentLog,
        onChange: () => undefined,
      });
      delivery.add([{ alert, takenAt: alert.raisedAt }]);
      const end = clock.now() + SIX_HOURS_MS + 60_000;
      let failures = 0;
      for (;;) {
        await until(() => (delivery.state().failure?.attempts ?? 0) > failures);
        failures = delivery.state().failure?.attempts ?? 0;
        const { retryAt = 0 } = delivery.state().failure ?? {};
        expect(retryAt - clock.now()).toBeLessThanOrEqual(SIX_HOURS_MS);
        if (retryAt > end) break;
        await clock.advance(Math.max(1, retryAt - clock.now()));
      }
      expect(plan.requests, wait.slice(0, 10)).toBeLessThanOrEqual(mostAttempts);
      expect(plan.requests).toBeGreaterThanOrEqual(2);
      expect(noted.every(({ status }) => status === 'failed' || status === 'pending')).toBe(true);
      await delivery.stop();
    }
  });
});
