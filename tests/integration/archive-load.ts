import { setTimeout as sleep } from 'node:timers/promises';
import { archiveMonth } from '../../electron/monitor/store/archive/archive-month.ts';
import { ARCHIVED_TABLES } from '../../electron/monitor/store/archive/archived-table.ts';
import type { ArchiveTarget } from '../../electron/monitor/store/archive/targets/archive-target.ts';
import { openTarget } from '../../electron/monitor/store/archive/targets/open-target.ts';
import { JANUARY, withArchive } from './archive-fixture.ts';

/**
 * `node archive-load.ts <dataDir> <archiveUrl>`: archives January, and prints a line before and after each step, so that it can
 * be killed at any of them. It waits a moment at each, for the kill to meet the step.
 */
const [dataDir = '', archiveUrl = ''] = process.argv.slice(2);

async function step(name: string): Promise<void> {
  process.stdout.write(`${name}\n`);
  await sleep(2);
}

/** The target, which tells each of its steps. */
function telling(target: ArchiveTarget): ArchiveTarget {
  return {
    ...target,
    async create(path) {
      await step('create');
      const upload = await target.create(path);
      return {
        async write(bytes) {
          await step('write');
          await upload.write(bytes);
        },
        async commit() {
          await step('commit');
          await upload.commit();
          await step('committed');
        },
        abort: upload.abort,
      };
    },
    async open(path) {
      await step('open');
      return target.open(path);
    },
    async remove(path) {
      await step('remove');
      await target.remove(path);
      await step('removed');
    },
  };
}

await withArchive(dataDir, archiveUrl, async (context) => {
  const archive = {
    ...context,
    target: telling(context.target),
    openTarget: async (url: string) => telling(await openTarget(url, process.env)),
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
  for (const table of ARCHIVED_TABLES) await archiveMonth(archive, table, JANUARY);
});
await step('done');
