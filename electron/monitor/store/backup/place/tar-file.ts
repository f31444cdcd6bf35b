import type { FileHandle } from 'node:fs/promises';
import { Header } from 'tar/header';

/**
 * Block size of a tar file: a header block, then the content, padded to whole blocks. Source: POSIX.1-2017, pax, ustar format.
 */
export const TAR_BLOCK = 512;

/** The position of an entry's content in the file. */
export type TarEntry = { readonly from: number; readonly bytes: number };

export function tarHeader(path: string, bytes: number): Buffer {
  const header = new Header({ path, size: bytes, mode: 0o600, type: 'File', mtime: new Date(0) });
  const block = Buffer.alloc(TAR_BLOCK);
  if (header.encode(block)) throw new Error(`The path ${path} is too long for a tar file.`);
  return block;
}

/** The size of a content including its padding. */
export function tarSize(bytes: number): number {
  return Math.ceil(bytes / TAR_BLOCK) * TAR_BLOCK;
}

/**
 * Reads the entries of a tar file by path; only headers are read. Returns null when it is not a tar file. An entry that extends
 * beyond the end of the file is left out, with all that follow.
 */
export async function readTarEntries(file: FileHandle): Promise<ReadonlyMap<string, TarEntry> | null> {
  const { size } = await file.stat();
  const entries = new Map<string, TarEntry>();
  const block = Buffer.alloc(TAR_BLOCK);
  for (let at = 0; at + TAR_BLOCK <= size; ) {
    const { bytesRead } = await file.read(block, 0, TAR_BLOCK, at);
    if (bytesRead < TAR_BLOCK) break;
    const header = new Header(block, 0);
    if (header.nullBlock) break;
    const { path, size: bytes, cksumValid } = header;
    if (!cksumValid || path === undefined || bytes === undefined) return at === 0 ? null : entries;
    const from = at + TAR_BLOCK;
    if (from + bytes > size) break;
    entries.set(path, { from, bytes });
    at = from + tarSize(bytes);
  }
  return entries;
}
