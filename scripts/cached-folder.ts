import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

const DAY_MS = 86_400_000;

/**
 * Makes a folder whose content is determined by its name, `<kind>-<hash>`, unless it exists. A failure leaves nothing behind.
 *
 * Also removes folders of the same kind that no run has used for a day, including incomplete ones of interrupted runs. Newer folders are
 * kept, because they may belong to other versions of the sources whose tests are running.
 *
 * @param fill makes the content in a temporary folder beside it
 * @param now ms since the epoch
 */
export async function makeCachedFolder(
  folder: string,
  fill: (draft: string) => Promise<unknown>,
  now: number,
): Promise<void> {
  const cache = dirname(folder);
  const kind = basename(folder).replace(/-[^-]*$/, '');
  if (existsSync(folder)) return recordUse(folder, now);
  mkdirSync(cache, { recursive: true });
  removeUnused(cache, kind, now);
  const draft = mkdtempSync(join(cache, `${kind}-draft-`));
  try {
    await fill(draft);
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // otherwise another process was first
  }
  recordUse(folder, now);
}

/** Records the time of the last use in the folder's modification time. */
function recordUse(folder: string, now: number): void {
  utimesSync(folder, now / 1_000, now / 1_000);
}

function removeUnused(cache: string, kind: string, now: number): void {
  for (const name of readdirSync(cache).filter((one) => one.startsWith(`${kind}-`))) {
    const path = join(cache, name);
    const usedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (usedAt !== undefined && now - usedAt > DAY_MS) rmSync(path, { recursive: true, force: true });
  }
}
