import type { FileHandle } from 'node:fs/promises';
import { Header } from 'tar/header';

/** A tar file consists of blocks: a header, and the content, filled up to a whole block. Source: POSIX.1-2017, pax, ustar format. */
export const TAR_BLOCK = 512;

/** Where the content of an entry is in the file. */
export type TarEntry = { readonly from: number; readonly bytes: number };

export function tarHeader(path: string, bytes: number): Buffer {
  const header = new Header({ path, size: bytes, mode: 0o600, type: 'File', mtime: new Date(0) });
  const block = Buffer.alloc(TAR_BLOCK);
  if (header.encode(block)) throw new Error(`The path ${path} is too long for a tar file.`);
  return block;
}

/** The size of a content with what fills its last block. */
export function tarSize(bytes: number): number {
  return Math.ceil(bytes / TAR_BLOCK) * TAR_BLOCK;
}

/**
 * The files in a tar file by their paths. Only headers are read. Null when it is not a tar file; an entry whose content goes beyond
 * the end is left out, as all that follows.
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
