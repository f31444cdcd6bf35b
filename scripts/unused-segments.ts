import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Linux's file system in memory, which contains PostgreSQL's dynamic shared memory. */
const SHARED_MEMORY = '/dev/shm';
const PROCESSES = '/proc';
/** The server maps a segment immediately after it has created it. */
const MAPPED_WITHIN_MS = 1_000;

/**
 * Removes PostgreSQL segments that no process maps: those of servers that tests have killed and whose cluster was then deleted. Other
 * servers remove their segments when they stop or start again, and do not need them to start.
 *
 * Segments from before the run are kept, because they may belong to servers in other containers that share this memory, whose processes
 * are invisible here.
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
  if (found === undefined) return false; // removed meanwhile by its server
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
        return ''; // the process has ended, or it belongs to another user, and so do its segments
      }
    })
    .join('');
}
