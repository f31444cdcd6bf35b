// Runs storage under load until it is killed: `node storage-load.ts <data folder> <first fetch>`. Prints the number of
// every fetch that was accepted, after it was.
import { writeSync } from 'node:fs';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { openStorage } from '../../electron/monitor/storage-fixture.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { loadFetch } from './storage-load-fetch.ts';

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
  // Not through process.stdout, which may keep lines back when the process is killed.
  writeSync(1, `${number}\n`);
}
