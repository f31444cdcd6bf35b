import type { lookup } from 'node:dns';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel } from '../../electron/monitor/delivery/channel.ts';
import { createChannelDelivery } from '../../electron/monitor/delivery/channel-delivery.ts';
import { CHANNEL_KINDS } from '../../electron/monitor/delivery/channels/registry.ts';
import type { Delivery } from '../../electron/monitor/delivery/delivery.ts';
import { DeliveryError } from '../../electron/monitor/delivery/delivery-error.ts';
import { createSendHttp } from '../../electron/monitor/delivery/http/send-http.ts';
import { openChannel } from '../../electron/monitor/delivery/open-channel.ts';
import { createLogger, silentLog } from '../../electron/monitor/logging/logger.ts';
import { environmentNetwork } from '../../electron/monitor/network/environment-network.ts';
import { systemClock, virtualClock } from '../../electron/monitor/time/clock.ts';
import { FAILURE_KINDS } from '../../shared/domain/delivery.ts';
import { channelSettingSchema } from '../../shared/settings/channel-setting.ts';
import { until } from '../program.ts';
import { raisedAlert } from './channel-fixture.ts';
import { type HostileResponse, type HostileScene, hostileResponse } from './hostile-responses.ts';
import { createSeededRandom, replayable, seedFrom } from './seeded-random.ts';
import { SELF_SIGNED } from './self-signed.ts';
import { SIGNED } from './signed-certificates.ts';

const RESPONSES = 1_000;
const AT_ONCE = 100;
/** The timeout for an endless response: what is tested is that it ends. */
const PATIENCE_MS = 250;
const MOST_REQUESTS = 4;
const SIX_HOURS_MS = 6 * 3_600_000;

const SECRET_PATH = 'Planted-Path-9Qz';
const SECRET_TOKEN = 'Planted+Token/7Wx==';
const SECRETS = [SECRET_PATH, `/hooks/${SECRET_PATH}`, SECRET_TOKEN, `Bearer ${SECRET_TOKEN}`];

const servers: Server[] = [];
const sockets = new Set<Socket>();
/** Connections to where no redirect and no name may lead. */
let trespasses = 0;

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** The response of the server to the alert of this id, and how many requests came. */
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

/** Names that lead to this machine, in turns that a check before the connection would not see. */
let lookups = 0;
const REBOUND = [['127.0.0.1'], ['::1'], ['::ffff:127.0.0.1'], ['10.0.0.1', '127.0.0.1'], []] as const;
const resolve = ((_: string, __: unknown, callback: (error: Error | null, found: unknown) => void) => {
  const addresses = REBOUND[lookups++ % REBOUND.length] ?? [];
  callback(
    null,
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );
}) as unknown as typeof lookup;

const sendHttp = createSendHttp({ resolve, network: environmentNetwork({}) });

function webhookAt(base: string): Channel {
  const setting = channelSettingSchema.parse({ id: 'hook', kind: 'webhook' });
  const secrets: Readonly<Record<string, string>> = {
    url: `${base}/hooks/${SECRET_PATH}`,
    authorization: `Bearer ${SECRET_TOKEN}`,
    signingSecret: 'Planted-signing-secret',
  };
  return openChannel(setting, {
    kinds: CHANNEL_KINDS,
    context: { sendHttp, clock: systemClock, dataDir: '/' },
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

/** Everything that a person, a page, the log or the outbox gets to see of an error. */
function outputsOf(error: DeliveryError): readonly string[] {
  const lines: string[] = [];
  createLogger('info', { write: (line) => void lines.push(line) }).error(
    { err: error },
    'cannot be delivered',
  );
  return [...lines, JSON.stringify(error.content), error.stack ?? '', String(error)];
}

describe('a webhook with a hostile server', () => {
  it(`handles ${RESPONSES} hostile responses without a leak, a loop or a hang`, async () => {
    const seed = seedFrom('HOSTILE_SEED', 1);
    await replayable('HOSTILE_SEED', seed, async () => {
      const random = createSeededRandom(seed);
      const noTls = `https://127.0.0.1:${ports.hostile}`;
      const bases = [
        ...Array.from({ length: 16 }, () => `http://127.0.0.1:${ports.hostile}`),
        `https://localhost:${ports.selfSigned}`,
        `https://127.0.0.1:${ports.elsewhere}`,
        noTls,
        `https://rebound.example:${scene.forbidden.tls}`,
      ];
      const channels = new Map(bases.map((base) => [base, webhookAt(base)]));
      const cases = Array.from({ length: RESPONSES }, (_, number) => ({
        alert: raisedAlert(number),
        base: random.pick(bases),
        response: hostileResponse(random, scene),
      }));
      const outputs: string[] = [];
      const kinds = new Set<string>();

      const send = async ({ alert, base, response }: (typeof cases)[number]): Promise<void> => {
        planned.set(alert.id, { response, requests: 0 });
        const isEndless = response.isEndless === true || base === noTls;
        const patience = AbortSignal.timeout(PATIENCE_MS * (isEndless ? 1 : 40));
        const error: unknown = await channels
          .get(base)
          ?.deliver([alert], patience)
          .then(
            () => null,
            (cause: unknown) => cause,
          );
        const name = `${response.name} at ${base}`;
        expect(planned.get(alert.id)?.requests, name).toBeLessThanOrEqual(MOST_REQUESTS);
        if (error === null) {
          expect(base.startsWith('http:'), `${name} is delivered`).toBe(true);
          return;
        }
        if (base.startsWith('http:')) expect(response.isSuccess, `${name}: ${String(error)}`).not.toBe(true);
        if (!(error instanceof DeliveryError)) throw new Error(`${name}: no DeliveryError`, { cause: error });
        kinds.add(error.kind);
        outputs.push(...outputsOf(error));
      };
      const queue = cases.values();
      await Promise.all(
        Array.from({ length: AT_ONCE }, async () => {
          for (const each of queue) await send(each);
        }),
      );

      expect(trespasses).toBe(0);
      expect([...kinds].toSorted()).toEqual([...FAILURE_KINDS].toSorted());
      const said = outputs.join('\n').toLowerCase();
      const hidden = SECRETS.flatMap((secret) => [
        secret,
        encodeURIComponent(secret),
        Buffer.from(secret).toString('base64').replace(/=+$/, ''),
        Buffer.from(secret).toString('hex'),
      ]);
      // Nor the beginning of one that was cut.
      hidden.push(SECRET_PATH.slice(0, 12), SECRET_TOKEN.slice(0, 12));
      expect(hidden.filter((secret) => said.includes(secret.toLowerCase()))).toEqual(
        ['/hooks/plant'].slice(1),
      );
      expect(Math.max(...outputs.map(({ length }) => length))).toBeLessThan(5_000);
    });
  });

  it('that always responds with 429 is requested as rarely as it requests, but again within six hours', async () => {
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
      delivery.take([{ alert, takenAt: alert.raisedAt }]);
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
