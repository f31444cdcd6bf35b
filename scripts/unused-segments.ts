import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Linux's file system in memory, where PostgreSQL has its dynamic shared memory. */
const SHARED_MEMORY = '/dev/shm';
const PROCESSES = '/proc';
/** A segment is mapped by its server immediately after it is created. */
const MAPPED_WITHIN_MS = 1_000;

/**
 * Removes segments of PostgreSQL that no process maps: those of servers that tests have killed, whose cluster was then deleted. Other servers
 * remove theirs when they are stopped, or when they are started again, and do not need them for that.
 *
 * Segments from before the run are kept: of servers in other containers, which may share this memory, no process can be seen.
 *
 * @param since ms since the epoch: the start of the run
 */
export function removeUnusedSegments(since: number, now: number, folder = SHARED_MEMORY): void {
  if (!existsSync(folder) || !existsSync(PROCESSES)) return;
  const paths = readdirSync(folder)
    .filter((name) => /^PostgreSQL\.\d+$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => isOfRun(path, since, now));
  if (paths.length === 0) return;
  const mapped = mappedFiles();
  for (const path of paths) if (!mapped.includes(`${path}\n`)) rmSync(path, { force: true });
}

function isOfRun(path: string, since: number, now: number): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return false; // its server was stopped
  const own = process.getuid?.();
  const isRemovable = own === 0 || own === found.uid;
  return isRemovable && found.mtimeMs >= since && found.mtimeMs < now - MAPPED_WITHIN_MS;
}

/** The memory maps of all processes; each line ends with the path of a file. */
function mappedFiles(): string {
  return readdirSync(PROCESSES)
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(join(PROCESSES, pid, 'maps'), 'utf8');
      } catch {
        return ''; // it has ended, or belongs to another user, as do its segments
      }
    })
    .join('');
}
