import { type Stats, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type ForeignOwner = {
  /** The folder or file that is another user's. */
  readonly path: string;
  readonly uid: number;
};

/** The first file that every start makes. */
const FIRST_FILE = 'monitor.lock';

/**
 * Whose data folder root is about to write to, when it is another user's; null for other users, who can only write where
 * they may. Whoever started the program there first counts; where nobody has, the owner of the folder or, while that is not
 * there, of the one in which it would be made. Changes nothing.
 *
 * What root writes in a user's folder that user's program can no longer write, and PostgreSQL opens no cluster of
 * another owner: one start with sudo would end all later ones.
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

/** A folder such as /tmp, in which everybody makes their own; in a container its owner may be nobody that is known there. */
function isShared({ mode }: Stats): boolean {
  return (mode & 0o1002) === 0o1002;
}

function lookAt(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null; // whoever makes or opens it says why that fails
  }
}
