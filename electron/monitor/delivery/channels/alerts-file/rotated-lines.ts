import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createLineSearch } from './line-search.ts';

/** A provider's clock and the file system's may differ by this much. */
const CLOCK_TOLERANCE_MS = 3_600_000;

/**
 * Those of the lines that a rotated file beside `path` holds: `alerts.txt.1`, `alerts.txt-20260105`, `alerts-1.txt`, each
 * also with `.gz`. What is searched for was written last, perhaps over several rotations: the newest file is looked at, and
 * the one before as long as one holds any of them. One that was not written to after `since` is not.
 */
export async function linesInRotated(
  path: string,
  lines: readonly string[],
  since: number,
): Promise<ReadonlySet<string>> {
  const held = new Set<string>();
  for (const rotated of await rotatedFiles(path)) {
    if (rotated.mtimeMs < since - CLOCK_TOLERANCE_MS) break;
    const found = await linesIn(rotated.path, lines);
    if (found.size === 0) break;
    for (const line of found) held.add(line);
  }
  return held;
}

async function linesIn(path: string, lines: readonly string[]): Promise<ReadonlySet<string>> {
  const search = createLineSearch(lines);
  const take = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of pieces) search.read(piece);
  };
  try {
    const file = createReadStream(path);
    await (path.endsWith('.gz') ? pipeline(file, createGunzip(), take) : pipeline(file, take));
  } catch {
    // Being rotated on, compressed or removed at this moment: what was read until then counts.
  }
  return search.found().held;
}

type RotatedFile = { readonly path: string; readonly mtimeMs: number };

/** The newest first; of those of the same time, the one with the lower number. */
async function rotatedFiles(path: string): Promise<readonly RotatedFile[]> {
  const folder = dirname(path);
  const isRotated = rotationOf(basename(path));
  // A folder may let us write to the file in it and not list what else it holds.
  const names = (await readdir(folder).catch(() => [])).filter(isRotated);
  const files: RotatedFile[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => null); // it may be gone by now
    if (found?.isFile() === true) files.push({ path: file, mtimeMs: found.mtimeMs });
  }
  return files.toSorted(
    (a, b) => b.mtimeMs - a.mtimeMs || a.path.localeCompare(b.path, 'en', { numeric: true }),
  );
}

/** Knows the names that rotating programs give to a file. */
function rotationOf(name: string): (other: string) => boolean {
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  return (other) => {
    const plain = other.replace(/\.gz$/, '');
    if (plain === name) return other !== name;
    const follows = (start: string): boolean =>
      plain.startsWith(`${start}.`) || plain.startsWith(`${start}-`);
    return follows(name) || (follows(stem) && plain.endsWith(extension) && plain.length > name.length);
  };
}
