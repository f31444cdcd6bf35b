import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Linux's file system in memory, which contains PostgreSQL's dynamic shared memory. */
const SHARED_MEMORY = '/dev/shm';
const PROCESSES = '/proc';
/** The server maps a segment immediately after it has created it. */
const MAPPED_WITHIN_MS = 1_000;
/** `PG_DYNSHMEM_CONTROL_MAGIC` of PostgreSQL's dsm.c: the segment in which a server lists its others. */
const CONTROL_MAGIC = 0x9a_50_3d_32;

/**
 * Removes PostgreSQL segments that no server uses: those of servers that tests have killed and whose cluster was then deleted. Other
 * servers remove their segments when they stop or start again, and do not need them to start.
 *
 * A server always maps the segment that lists its others, but those only in the sessions that need them: between two sessions, no process
 * maps its statistics. Servers of other test runs may be running now.
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
    .map((name) => join(folder, name));
  const ofRun = paths.filter((path) => isOfRun(path, since, now));
  if (ofRun.length === 0) return;
  const maps = mappedFiles();
  const mapped = paths.filter((path) => maps.includes(`${path}\n`));
  const listed = mapped.flatMap(listedIn).map((number) => join(folder, `PostgreSQL.${number}`));
  const used = new Set([...mapped, ...listed]);
  for (const path of ofRun) if (!used.has(path)) rmSync(path, { force: true });
}

/** All words of a segment that lists others, among them the numbers of those; none for any other segment. */
function listedIn(path: string): readonly number[] {
  try {
    const content = new Uint8Array(readFileSync(path));
    const words = new Uint32Array(content.buffer, 0, Math.floor(content.length / 4));
    return words[0] === CONTROL_MAGIC ? [...words] : [];
  } catch {
    return []; // its server was stopped
  }
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
