import { readFileSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Copies the content of a damaged file to `….bad`, or to `….bad-2` and so on when such a copy exists; an existing copy with
 * the same content is reused.
 *
 * @returns the path of the copy
 * @throws Error when it cannot be written; nothing is left of it then
 */
export function keepCopy(path: string, bytes: Uint8Array): string {
  for (let count = 1; ; count++) {
    const copy = count === 1 ? `${path}.bad` : `${path}.bad-${count}`;
    try {
      writeFileSync(copy, bytes, { mode: 0o600, flag: 'wx', flush: true });
      return copy;
    } catch (cause) {
      const isThere = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
      if (!isThere) {
        rmSync(copy, { force: true });
        throw cause;
      }
      if (holds(copy, bytes)) return copy;
    }
  }
}

function holds(path: string, bytes: Uint8Array): boolean {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false; // a folder, or a file of another user
  }
}
