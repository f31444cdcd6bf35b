import { type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type ForeignOwner = {
  /** A folder or file that belongs to another user. */
  readonly path: string;
  readonly uid: number;
};

/** The first file that every start creates. */
const FIRST_FILE = 'monitor.lock';

/**
 * The other user whose data folder root is about to write to, or null; always null for other users, whom file permissions
 * restrict. The owner is who started the program there first; without a first start, the owner of the folder or, if it does
 * not exist, of the folder in which it would be created. Changes nothing.
 *
 * A user's program cannot write to files that root has created in its folder, and PostgreSQL opens no cluster of another
 * owner: after one start with sudo, no later start without it would succeed.
 */
export function foreignOwner(folder: string): ForeignOwner | null {
  if (process.getuid?.() !== 0) return null;
  const first = join(folder, FIRST_FILE);
  const starter = lookAt(first);
  if (starter !== null) return starter.uid === 0 ? null : { path: first, uid: starter.uid };
  let nearest = folder;
  let found = lookAt(nearest);
  while (found === null && dirname(nearest) !== nearest) {
    nearest = dirname(nearest);
    found = lookAt(nearest);
  }
  return found === null || found.uid === 0 || isShared(found) ? null : { path: nearest, uid: found.uid };
}

/** A folder such as /tmp, in which every user creates files; in a container its owner may be unknown. */
function isShared({ mode }: Stats): boolean {
  return (mode & 0o1002) === 0o1002;
}

function lookAt(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null; // creating or opening it reports why that fails
  }
}
