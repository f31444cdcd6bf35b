import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { openStorage } from '../electron/monitor/log-and-store-fixture.ts';
import { embeddedConnectionUrl } from '../electron/monitor/store/postgres/embedded-url.ts';
import { systemClock } from '../electron/monitor/time/clock.ts';

/** An embedded database with the program's tables, for the duration of a benchmark. */
export type OwnDatabase = {
  readonly client: Client;
  readonly url: string;
  /** Removed afterwards with its content. */
  readonly dataDir: string;
};

/** Runs work with an empty database in a data folder of its own. */
export async function withOwnDatabase<T>(work: (database: OwnDatabase) => Promise<T>): Promise<T> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-database-'));
  const ready = Promise.withResolvers<void>();
  const storage = openStorage({
    dataDir,
    databaseUrl: '',
    clock: systemClock,
    onChange: ({ status }) => status === 'ready' && ready.resolve(),
  });
  storage.start();
  try {
    await ready.promise;
    const url = await embeddedConnectionUrl(dataDir);
    const client = new Client(url);
    await client.connect();
    try {
      return await work({ client, url, dataDir });
    } finally {
      await client.end();
    }
  } finally {
    await storage.stop(10_000);
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
