import { open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** When a file is rotated, and how many rotated files are kept. */
export type Rotation = {
  readonly maxBytes: number;
  /** Measured from the time of the first line. */
  readonly maxAgeMs: number;
  readonly keep: number;
};

const TIME_LENGTH = '2026-01-05T12:00:00.000Z'.length;

/**
 * Renames the file to `<path>.1`, `<path>.1` to `<path>.2` and so on, when it is due; the oldest is removed. `tail -F` follows to
 * the new file. After a crash in between, only a number is missing.
 */
export async function rotate(path: string, rotation: Rotation, now: number): Promise<void> {
  if (!(await isDue(path, rotation, now))) return;
  for (const number of await rotatedNumbers(path)) {
    if (number >= rotation.keep) await rm(`${path}.${number}`, { force: true });
    else await rename(`${path}.${number}`, `${path}.${number + 1}`).catch(unlessMissing);
  }
  await rename(path, `${path}.1`).catch(unlessMissing);
}

/** The numbers of the existing rotated files, in descending order. */
async function rotatedNumbers(path: string): Promise<readonly number[]> {
  const start = `${basename(path)}.`;
  return (await readdir(dirname(path)))
    .filter((name) => name.startsWith(start) && /^[1-9]\d*$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)))
    .sort((a, b) => b - a);
}

async function isDue(path: string, { maxBytes, maxAgeMs }: Rotation, now: number): Promise<boolean> {
  const found = await stat(path).catch(unlessMissing);
  if (found === undefined || found.size === 0) return false;
  if (found.size >= maxBytes) return true;
  if (maxAgeMs === Number.POSITIVE_INFINITY) return false;
  const start = await firstTime(path);
  return start !== null && now - start >= maxAgeMs;
}

/** The time at the beginning of the first line; null if the line begins with something else. */
async function firstTime(path: string): Promise<number | null> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TIME_LENGTH), 0, TIME_LENGTH, 0);
    const time = Date.parse(buffer.subarray(0, bytesRead).toString('utf8'));
    return Number.isNaN(time) ? null : time;
  } finally {
    await file.close();
  }
}

function unlessMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
