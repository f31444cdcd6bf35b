import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { openStorage, type Storage } from '../../electron/monitor/log-and-store-fixture.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { textOf } from '../text-of.ts';
import { loadFetch } from './storage-load-batch.ts';

/**
 * `node fold-load.ts <data folder> <batch>`: accepts a batch and opens a database whose historical candles have not been folded yet.
 * Prints each change of the progress that pages show, so that it can be killed there, and `done` when the batch is in the database.
 */
const [dataDir = '', number = '0'] = process.argv.slice(2);
let storage: Storage | null = null;
let shown = '';
const isReady = Promise.withResolvers<void>();

storage = openStorage({
  dataDir,
  databaseUrl: '',
  clock: systemClock,
  onChange({ status }) {
    if (status === 'ready') isReady.resolve();
    const moving = storage?.problems().find(({ id }) => id === 'database-moving');
    const text = moving === undefined ? '' : textOf(moving.message);
    if (text === '' || text === shown) return;
    shown = text;
    writeSync(1, `${text}\n`);
  },
});
// Written now, because a process that is killed writes no cache.
flushCompileCache();
await storage.accept(loadFetch(Number(number)));
storage.start();
await isReady.promise;
await storage.stop(60_000);
writeSync(1, 'done\n');
