import { spawnSync } from 'node:child_process';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { type Database, openDatabase } from '../../electron/monitor/store/connection/database.ts';
import { externalProvider } from '../../electron/monitor/store/connection/provider.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { DatabaseState } from '../../shared/domain/database-state.ts';
import { type OwnPostgres, startOwnPostgres } from './own-postgres.ts';
import { listen } from './proxy.ts';
import { queryUrl } from './storage-fixture.ts';

let server: OwnPostgres;
let roles = 0;

beforeAll(async () => {
  server = await startOwnPostgres();
});

afterAll(() => server.close());

type Watched = {
  readonly database: Database;
  /** All states that were reported. */
  readonly statuses: readonly DatabaseState['status'][];
  /** Blocks this process until the server has ended the sessions. */
  untilSessionsEnded(): void;
};

/** Runs with a database whose role has these settings, over the given link. */
async function withDatabase(
  settings: readonly string[],
  work: (watched: Watched) => Promise<void>,
  port = server.port,
): Promise<void> {
  const role = `role_${++roles}`;
  const sets = settings.map((setting) => `alter role ${role} set ${setting};`).join(' ');
  await queryUrl(server.adminUrl, `create role ${role} login; ${sets}`);
  const statuses: DatabaseState['status'][] = [];
  const database = openDatabase({
    provider: () => externalProvider(`postgresql://${role}@127.0.0.1:${port}/postgres`),
    loadMigrations: async () => [],
    clock: systemClock,
    log: silentLog,
    random: Math.random,
  });
  database.subscribe(({ status }) => statuses.push(status));
  database.start();
  try {
    await database.whenReady(AbortSignal.timeout(60_000));
    await work({
      database,
      statuses,
      untilSessionsEnded() {
        const program = join(import.meta.dirname, 'until-session-ended.ts');
        const { status, stderr } = spawnSync(process.execPath, [program, server.adminUrl, role]);
        if (status !== 0) throw new Error(stderr.toString());
      },
    });
  } finally {
    await database.stop();
  }
}

const resultsOf = (database: Database, count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, index) =>
      database.run(async (client) => (await client.query(`select ${index} as response`)).rows[0]?.response),
    ),
  );

describe('a session that ended', () => {
  it('because it was idle is not an outage when it is checked out', () =>
    withDatabase([`idle_session_timeout = '200ms'`], async ({ database, statuses, untilSessionsEnded }) => {
      await resultsOf(database, 3);
      untilSessionsEnded();
      expect(await resultsOf(database, 3)).toEqual([0, 1, 2]);
      expect(statuses).toEqual(['ready']);
    }));

  it('before its failed transaction was rolled back is not reused, and is not an outage', () =>
    withDatabase(
      // These settings are in effect again as soon as a statement has failed, because those of a transaction end with it.
      [`idle_in_transaction_session_timeout = '1ms'`, `idle_session_timeout = '200ms'`],
      async ({ database, statuses, untilSessionsEnded }) => {
        const failing = database.run((client) =>
          client.query('select 1 / 0').catch((error: unknown) => {
            untilSessionsEnded();
            throw error;
          }),
        );
        await expect(failing).rejects.toThrow('division by zero');
        expect(await resultsOf(database, 3)).toEqual([0, 1, 2]);
        expect(statuses).toEqual(['ready']);
      },
    ));

  it('because of the network is replaced, and is not an outage', () =>
    withLink(async (link) =>
      withDatabase(
        [],
        async ({ database, statuses }) => {
          await resultsOf(database, 3);
          link.forgetConnections();
          expect(await resultsOf(database, 3)).toEqual([0, 1, 2]);
          expect(statuses).toEqual(['ready']);
        },
        link.port,
      ),
    ));

  it('because the server is unavailable is an outage', () =>
    withLink(async (link) =>
      withDatabase(
        [],
        async ({ database, statuses }) => {
          await resultsOf(database, 3);
          link.forgetConnections();
          link.close();
          await expect(resultsOf(database, 1)).rejects.toThrow(/ECONNREFUSED/);
          await expect.poll(() => statuses, { timeout: 60_000 }).toContain('down');
        },
        link.port,
      ),
    ));
});

/** A link to the server that may drop idle connections, as a firewall does. */
type Link = {
  readonly port: number;
  /** Connections stay open until something is sent over them, and are then reset. */
  forgetConnections(): void;
  /** Refuses new connections. */
  close(): void;
};

async function withLink(work: (link: Link) => Promise<void>): Promise<void> {
  const sockets = new Set<Socket>();
  let known = new WeakSet<Socket>();
  const listener = createServer((client) => {
    const target = connect(server.port, '127.0.0.1');
    known.add(client);
    client.on('data', (sent) => (known.has(client) ? target.write(sent) : client.resetAndDestroy()));
    target.pipe(client);
    for (const end of [client, target]) {
      sockets.add(end);
      end.on('error', () => end.destroy());
      end.on('close', () => {
        client.destroy();
        target.destroy();
      });
    }
  });
  const port = await listen(listener);
  try {
    await work({
      port,
      forgetConnections() {
        known = new WeakSet();
      },
      close: () => listener.close(),
    });
  } finally {
    listener.close();
    for (const socket of sockets) socket.destroy();
  }
}
