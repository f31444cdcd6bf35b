import { flushCompileCache } from 'node:module';
import { archiveMonth } from '../../electron/monitor/store/archive/archive-month.ts';
import { readStoredMonths } from '../../electron/monitor/store/archive/stored-months.ts';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { JANUARY, withArchive } from './archive-fixture.ts';
import { printingSteps, step } from './stepped-target.ts';

/**
 * `node archive-load.ts <dataDir> <archiveUrl>`: archives January. Prints a line before and after each step and then waits a moment,
 * so that it can be killed at any step.
 */
const [dataDir = '', archiveUrl = ''] = process.argv.slice(2);

await withArchive(dataDir, archiveUrl, async (context) => {
  // Written now that all modules are loaded, because a process that is killed writes no cache.
  flushCompileCache();
  const archive = {
    ...context,
    target: printingSteps(context.target),
    openTarget: async (url: string) => printingSteps(await openTarget(url, process.env)),
    async run<T>(work: Parameters<typeof context.run<T>>[0], timeoutMs?: number): Promise<T> {
      const result = await context.run(async (client) => {
        const done = await work(client);
        await step('commit of the database');
        return done;
      }, timeoutMs);
      await step('committed to the database');
      return result;
    },
  };
  // As in the program, only months with a partition, which a killed run may have dropped already.
  for (const { table, month } of await context.run(readStoredMonths))
    if (month === JANUARY.from) await archiveMonth(archive, table, JANUARY);
});
await step('done');
