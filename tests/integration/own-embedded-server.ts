import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { createEmbeddedServer } from '../../electron/monitor/store/postgres/embedded-server.ts';
import type { EmbeddedConnection } from '../../electron/monitor/store/postgres/embedded-url.ts';
import { copyCluster } from '../cluster-template.ts';
import { queryUrl } from './storage-fixture.ts';

/** An embedded server that tests use like a user's own server, and stop and start. */
export type OwnEmbeddedServer = {
  readonly password: string;
  /** The URL of the database `postgres`, with these changes. */
  urlOf(change?: Partial<EmbeddedConnection>): string;
  /** Creates an empty database; returns its URL. */
  createDatabase(name: string): Promise<string>;
  start(): Promise<unknown>;
  stop(): Promise<void>;
  /** Stops the server and removes its folder. */
  close(): Promise<void>;
};

export async function startOwnEmbeddedServer(): Promise<OwnEmbeddedServer> {
  const folder = mkdtempSync(join(tmpdir(), 'own-embedded-server-'));
  copyCluster(folder, 'empty');
  const server = createEmbeddedServer(folder, silentLog, () => undefined);
  const connection = await server.start();
  const urlOf = (change: Partial<EmbeddedConnection> = {}): string => {
    const { user, password, host, database } = { ...connection, database: 'postgres', ...change };
    return `postgresql://${user}:${password}@/${database}?host=${encodeURIComponent(host)}`;
  };
  return {
    password: connection.password,
    urlOf,
    async createDatabase(name) {
      await queryUrl(urlOf(), `create database ${name}`);
      return urlOf({ database: name });
    },
    start: server.start,
    stop: server.stop,
    async close() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
