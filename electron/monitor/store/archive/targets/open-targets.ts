import type { ArchiveTarget } from './archive-target.ts';
import { openTarget } from './open-target.ts';

/** Opens each archive once. */
export type OpenedTargets = {
  open(url: string): Promise<ArchiveTarget>;
  close(): Promise<void>;
};

/** @param env see `openTarget` */
export function createOpenedTargets(env: Readonly<Record<string, string | undefined>>): OpenedTargets {
  const opened = new Map<string, Promise<ArchiveTarget>>();
  return {
    open(url) {
      const known = opened.get(url) ?? openTarget(url, env);
      opened.set(url, known);
      known.catch(() => opened.delete(url));
      return known;
    },
    async close() {
      for (const target of await Promise.allSettled(opened.values()))
        if (target.status === 'fulfilled') target.value.close();
      opened.clear();
    },
  };
}
