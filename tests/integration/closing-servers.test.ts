import { writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startService } from '../counterparts/child-service.ts';
import { CLI, openPage, startProgram, until, withFolder } from '../program.ts';
import { startLevelMarket } from './level-market.ts';
import { leadsElsewhere, plantedChannels, plantedWords } from './planted-secrets.ts';
import { listen } from './proxy.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Starts a server that passes each connection to a function and counts them. */
async function startServer(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    onConnection(socket);
  });
  closers.push(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return { port: await listen(server), connections: () => connections };
}

const closeNow = (socket: Socket): void => void socket.destroy();
/** As the system does where a server closes a connection before it has read what was sent. */
const resetWhenSent = (socket: Socket): void => void socket.once('data', () => socket.resetAndDestroy());

describe.each([
  ['closes each connection immediately', closeNow],
  [
    'closes each connection when something is sent',
    (socket: Socket) => void socket.once('data', () => socket.end()),
  ],
  ['resets each connection when something is sent', resetWhenSent],
  ['accepts connections and never responds', () => undefined],
])('a program whose database, Redis, brokers and channels are a server that %s', (_, onConnection) => {
  it('exits with 0 on request', async () => {
    const server = await startServer(onConnection);
    const { port, connections } = server;
    await withFolder(async (folder) => {
      const market = await startLevelMarket(folder);
      const channels = plantedChannels(plantedWords(), { http: port, smtp: port }).filter(({ kind }) =>
        leadsElsewhere(kind),
      );
      writeFileSync(
        join(folder, 'settings.json'),
        JSON.stringify({ channels: channels.map(({ setting }) => setting) }),
      );
      const program = await startProgram({
        ...Object.assign({}, ...channels.map(({ variables }) => variables)),
        ...market.env,
        DATABASE_URL: `postgresql://me@127.0.0.1:${port}/prices`,
        REDIS_URL: `redis://127.0.0.1:${port}`,
        AWS_ACCESS_KEY_ID: 'planted',
        AWS_SECRET_ACCESS_KEY: 'planted',
      });
      try {
        const page = await openPage(program.url);
        const before = connections();
        await market.cross();
        // By now, all channels have tried to deliver.
        await until(() => connections() >= before + channels.length);
        page.close();
        const { code, stderr } = await program.end('SIGTERM');
        expect(stderr).toContain('"stopped"');
        expect(code).toBe(0);
      } finally {
        await program.end('SIGKILL');
        await market.close();
      }
    });
  });
});

describe.each([
  ['closes each connection immediately', closeNow, {}],
  [
    'resets each connection while it authenticates',
    resetWhenSent,
    { KAFKA_USER: 'prices', KAFKA_PASSWORD: 'planted' },
  ],
])('a process with a role whose broker %s', (_, take, credentials) => {
  it('ends with 0 while it waits for the broker', async () => {
    const { port, connections } = await startServer(take);
    await withFolder(async (folder) => {
      const service = await startService({
        program: process.execPath,
        args: [CLI, 'run', '--role', 'feed', '--data-dir', folder],
        cwd: folder,
        env: { KAFKA_BROKERS: `127.0.0.1:${port}`, ...credentials },
        isReady: (output) => connections() > 0 && output.includes('Kafka cannot be used yet'),
      });
      await service.end('SIGTERM');
      expect(service.code()).toBe(0);
    });
  });
});
