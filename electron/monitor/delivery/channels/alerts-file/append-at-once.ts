import type { Stats } from 'node:fs';
import { closeSync, fstatSync, fsyncSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { unlessUnsyncable } from './append-lines.ts';
import { createLineSearch, type LineSearch, TAIL_BYTES } from './line-search.ts';
import { missingText } from './missing-text.ts';

/** The state of a file after an append: if it is unchanged, nobody else has changed the file. */
export type FileMark = Pick<Stats, 'ino' | 'size' | 'mtimeMs'>;

/**
 * Appends lines to a file and syncs it to disk, like `appendLines` without `triedSince`, but synchronously: each call of the file
 * system through the thread pool wakes two threads, which on a busy machine takes longer than the disk.
 *
 * @param device the only device whose files are written this way: a slow or dead file system must not stop the program
 * @param before the result of the previous append; the file's end is read only if it has changed since
 * @returns null, without doing anything, if the path names no regular file on that device
 */
export function appendLinesAtOnce(
  path: string,
  lines: readonly string[],
  device: number,
  before: FileMark | null,
): FileMark | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || !found.isFile() || found.dev !== device) return null;
  const file = openSync(path, 'a+');
  try {
    const search = createLineSearch(lines);
    if (before === null || !isUnchanged(found, before)) readEnd(file, search);
    const text = missingText(search.found(), lines);
    for (let written = 0; written < text.length; ) written += writeSync(file, text, written);
    sync(file);
    return fstatSync(file);
  } finally {
    closeSync(file);
  }
}

const isUnchanged = (now: FileMark, before: FileMark): boolean =>
  now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs;

function readEnd(file: number, search: LineSearch): void {
  const buffer = Buffer.alloc(TAIL_BYTES);
  for (let position = Math.max(0, fstatSync(file).size - TAIL_BYTES); ; ) {
    const count = readSync(file, buffer, 0, buffer.length, position);
    if (count === 0) return;
    search.read(buffer.subarray(0, count));
    position += count;
  }
}

function sync(file: number): void {
  try {
    fsyncSync(file);
  } catch (error) {
    unlessUnsyncable(error);
  }
}
