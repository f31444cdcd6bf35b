import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createLineSearch } from './line-search.ts';

/** A provider's clock and the file system's may differ by this much. */
const CLOCK_TOLERANCE_MS = 3_600_000;

/**
 * The lines that a rotated file beside `path` contains: `alerts.txt.1`, `alerts.txt-20260105`, `alerts-1.txt`, each also with
 * `.gz`. The searched lines were written last, perhaps across several rotations: the newest file is searched, and then older ones
 * as long as each contains any of them. Files that were not written to after `since` are skipped.
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
  const searchPieces = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const piece of pieces) search.read(piece);
  };
  try {
    const file = createReadStream(path);
    await (path.endsWith('.gz')
      ? pipeline(file, createGunzip(), searchPieces)
      : pipeline(file, searchPieces));
  } catch {
    // It is being rotated, compressed or removed at this moment: the lines read until then count.
  }
  return search.found().held;
}

type RotatedFile = { readonly path: string; readonly mtimeMs: number };

/** Newest first; among files of the same time, the lower number first. */
async function rotatedFiles(path: string): Promise<readonly RotatedFile[]> {
  const folder = dirname(path);
  const isRotated = rotationOf(basename(path));
  // The permissions of a folder may allow writing to the file but not listing the folder.
  const names = (await readdir(folder).catch(() => [])).filter(isRotated);
  const files: RotatedFile[] = [];
  for (const name of names) {
    const file = join(folder, name);
    const found = await stat(file).catch(() => null); // it may have been removed
    if (found?.isFile() === true) files.push({ path: file, mtimeMs: found.mtimeMs });
  }
  return files.toSorted(
    (a, b) => b.mtimeMs - a.mtimeMs || a.path.localeCompare(b.path, 'en', { numeric: true }),
  );
}

/** Recognizes the names that rotation programs give to a file. */
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
