// Runs storage under load until it is killed: `node storage-load.ts <data folder> <first batch>`. Prints the number
// of every batch after it was accepted.
import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { openStorage } from '../../electron/monitor/log-and-store-fixture.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { loadFetch } from './storage-load-batch.ts';

// Written now, because a process that is killed writes no cache.
flushCompileCache();
const [dataDir = '', first = '0'] = process.argv.slice(2);
const storage = openStorage({
  dataDir,
  databaseUrl: '',
  clock: systemClock,
  log: silentLog,
});
storage.start();

for (let number = Number(first); ; number++) {
  await storage.accept(loadFetch(number));
  print(`${number}\n`);
}

/** Prints without process.stdout, whose buffered lines would be lost in a kill. Waits if the reader is behind. */
function print(line: string): void {
  for (;;) {
    try {
      writeSync(1, line);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}
