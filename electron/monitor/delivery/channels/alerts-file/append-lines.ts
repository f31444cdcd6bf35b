import { type FileHandle, open } from 'node:fs/promises';
import { createLineSearch, TAIL_BYTES } from './line-search.ts';
import { missingText } from './missing-text.ts';
import { linesInRotated } from './rotated-lines.ts';

const PIECE_BYTES = 256 * 1_024;

/** Some file systems do not support syncing and return one of these errors; no stronger guarantee is possible there. */
const CANNOT_SYNC = new Set(['EINVAL', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/**
 * Appends lines to a regular file, which is created if it does not exist, and syncs it to disk. Lines that are already in the
 * file are not repeated, and an incomplete one is completed.
 *
 * @param triedSince the time since which an earlier attempt may have written some of the lines, however much was appended after
 *   them: the whole file and the last rotated one are searched. When null, only the file's end is read
 */
export async function appendLines(
  path: string,
  lines: readonly string[],
  triedSince: number | null,
): Promise<void> {
  // Opened for each append, so that lines go to the new file after a rotation.
  const file = await open(path, 'a+', 0o644);
  try {
    const { size } = await file.stat();
    const search = createLineSearch(lines);
    await readFrom(file, triedSince === null ? Math.max(0, size - TAIL_BYTES) : 0, search.read);
    const rotated = triedSince === null ? null : await linesInRotated(path, lines, triedSince);
    const text = missingText(
      search.found(),
      rotated === null ? lines : lines.filter((line) => !rotated.has(line)),
    );
    if (text.length > 0) await file.appendFile(text);
    await sync(file);
  } finally {
    await file.close();
  }
}

async function readFrom(file: FileHandle, start: number, onPiece: (piece: Buffer) => void): Promise<void> {
  const buffer = Buffer.alloc(PIECE_BYTES);
  for (let position = start; ; ) {
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) return;
    onPiece(buffer.subarray(0, bytesRead));
    position += bytesRead;
  }
}

async function sync(file: FileHandle): Promise<void> {
  await file.sync().catch(unlessUnsyncable);
}

/** Rethrows the error of a sync unless the file system does not support syncing. */
export function unlessUnsyncable(error: unknown): void {
  if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
}
