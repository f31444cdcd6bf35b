import { flushCompileCache } from 'node:module';
import { archiveMonth } from '../../electron/monitor/store/archive/archive-month.ts';
import { readStoredMonths } from '../../electron/monitor/store/archive/stored-months.ts';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { JANUARY, withArchive } from './archive-fixture.ts';
import { printingSteps, step } from './stepped-target.ts';

/**
 * `node archive-load.ts <dataDir> <archiveUrl>`: archives January, and prints a line before and after each step, so that it can
 * be killed at any of them. It waits a moment at each, for the kill to meet the step.
 */
const [dataDir = '', archiveUrl = ''] = process.argv.slice(2);

await withArchive(dataDir, archiveUrl, async (context) => {
  // Now that all is loaded: what is killed keeps nothing of what it compiled.
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
  // As the program does: of the months that have a partition, which a killed run may have dropped.
  for (const { table, month } of await context.run(readStoredMonths))
    if (month === JANUARY.from) await archiveMonth(archive, table, JANUARY);
});
await step('done');
