// Runs storage until it is killed: `node overlap-load.ts <data folder> <database URL, or nothing for the embedded server>`. Prints
// "ready" when the database is ready. At the first input, it accepts all batches, and prints "accepted" when they are in the log.
import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { openStorage } from '../../electron/monitor/log-and-store-fixture.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { overlappingFetches } from './overlap-load-batch.ts';

// Written now, because a process that is killed writes no cache.
flushCompileCache();
const [dataDir = '', databaseUrl = ''] = process.argv.slice(2);
const ready = Promise.withResolvers<void>();
const storage = openStorage({
  dataDir,
  databaseUrl,
  clock: systemClock,
  onChange: ({ status }) => status === 'ready' && ready.resolve(),
});
storage.start();
await ready.promise;
writeSync(1, 'ready\n');
await once(process.stdin, 'data');
await Promise.all(overlappingFetches().map((batch) => storage.accept(batch)));
writeSync(1, 'accepted\n');
