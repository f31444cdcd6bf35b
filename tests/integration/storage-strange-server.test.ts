import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { GuardedClient } from '../../electron/monitor/store/connection/guarded-client.ts';
import { externalProvider } from '../../electron/monitor/store/connection/provider.ts';
import { createSeededRandom, replayable, seedFrom } from './seeded-random.ts';
import { openTestStorage, withDataDir } from './storage-fixture.ts';

const SEED_VARIABLE = 'STRANGE_SERVER_SEED';
const CONNECTIONS = 400;

let close: () => void = () => undefined;

afterEach(() => close());

/** Starts a server that responds to anything with these bytes and closes the connection. Returns its port. */
const serverThatSays = (next: () => Buffer): Promise<number> =>
  serverThat((socket) => socket.on('data', () => socket.end(next())));

async function serverThat(serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined); // the client may disconnect
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return (server.address() as AddressInfo).port;
}

/** A message of PostgreSQL's protocol: type, length and content. */
function message(type: string, content: Buffer, length = content.length + 4): Buffer {
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeInt32BE(length, 1);
  return Buffer.concat([head, content]);
}

describe('an unexpected server', () => {
  it('is reported and retried when it requires GSSAPI authentication', () =>
    withDataDir(async (dataDir) => {
      const AUTHENTICATION_GSS = 7;
      const port = await serverThatSays(() => message('R', Buffer.from([0, 0, 0, AUTHENTICATION_GSS])));
      const storage = openTestStorage(dataDir, `postgresql://me:hush@127.0.0.1:${port}/d?sslmode=disable`);
      const error = await storage.untilDown();
      expect(error).toContain('requires Kerberos, GSSAPI or SSPI, which is not supported');
      expect(error).not.toContain('hush');
      await storage.stop(0);
    }));

  it('times out when it accepts the connection and then sends nothing', async () => {
    const letIn = Buffer.concat([message('R', Buffer.alloc(4)), message('Z', Buffer.from('I'))]);
    const port = await serverThat((socket) => socket.once('data', () => socket.write(letIn)));
    const parameters = 'sslmode=disable&connect_timeout=2&target_session_attrs=read-write';
    const provider = externalProvider(`postgresql://me:hush@127.0.0.1:${port}/d?${parameters}`, {});
    await expect(provider.provide()).rejects.toThrow(`127.0.0.1, port ${port} cannot be reached`);
  });

  it('fails the connection for any data that it sends', async () => {
    const seed = seedFrom(SEED_VARIABLE, 20_261_126);
    await replayable(SEED_VARIABLE, seed, async () => {
      const random = createSeededRandom(seed);
      const noise = (): Buffer =>
        Buffer.from(Array.from({ length: random.whole(0, 40) }, () => random.whole(0, 255)));
      const ok = message('R', Buffer.alloc(4));
      const port = await serverThatSays(() => {
        // Every message except errors and notices, for which `pg` requires a terminator.
        const type = random.pick([...'RSKZTDCAGHdctv123nsIW']);
        const content = noise();
        const length = random.pick([content.length + 4, content.length + 4, 4, 2 ** 31 - 1]);
        return random.pick([
          noise(),
          message(type, content, length),
          Buffer.concat([message('R', Buffer.from([0, 0, 0, random.whole(0, 14)])), message(type, content)]),
          Buffer.concat([ok, message(type, content), message('Z', Buffer.from('I'))]),
        ]);
      });
      // An uncaught exception would end the test run.
      for (let made = 0; made < CONNECTIONS; made++) {
        const client = new GuardedClient({ host: '127.0.0.1', port, user: 'me', password: 'x', ssl: false });
        client.on('error', () => undefined); // reported by the calls below
        const outcome = client.connect().then(() => client.query('select 1'));
        await expect(outcome).rejects.toThrow();
        client.end().catch(() => undefined); // it is broken already
      }
    });
  });
});
