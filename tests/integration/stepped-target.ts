import { setTimeout as sleep } from 'node:timers/promises';
import type { ArchiveTarget } from '../../electron/monitor/store/archive/targets/archive-target.ts';

/** Prints the name of a step, and waits a moment so that it can be killed there. */
export async function step(name: string): Promise<void> {
  process.stdout.write(`${name}\n`);
  await sleep(2);
}

/** A target that prints each of its steps. */
export function printingSteps(target: ArchiveTarget): ArchiveTarget {
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
