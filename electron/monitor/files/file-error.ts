import { existsSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * A failed file operation in words that a person can act on, naming the file.
 *
 * @param action what was tried, as in "cannot <action>": "write /data/alerts.txt"
 */
export function describeFileError(action: string, path: string, cause: unknown): string {
  return `Cannot ${action} ${path}: ${reason(path, cause)}`;
}

function reason(path: string, cause: unknown): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT':
      return existsSync(dirname(path))
        ? 'it does not exist, or is a link that leads nowhere. Restore it, or choose another place.'
        : `the folder ${dirname(path)} does not exist. Create it, or choose another place.`;
    case 'ENOTDIR':
      return 'a part of this path is a file, not a folder. Choose another place.';
    case 'EEXIST':
      return 'there is a file of this name. Choose another place.';
    case 'EISDIR':
      return 'this is a folder, not a file. Choose another place.';
    case 'EACCES':
    case 'EPERM':
      return 'permission denied. Change its owner or mode, or choose another place.';
    case 'EBUSY':
      return 'another program uses it, or it is mounted by itself. Close that program, or mount its folder instead.';
    case 'EROFS':
      return 'the file system is read-only. Choose another place.';
    case 'ENOSPC':
    case 'EDQUOT':
      return 'the disk is full. Free some space.';
    case 'ENXIO':
      return 'nobody reads from this pipe. Start its reader; what waits is delivered then.';
    case 'EPIPE':
      return 'the reader of this pipe has ended. Start its reader; what waits is delivered then.';
    case 'EAGAIN':
      return 'the reader of this pipe does not keep up. What waits is delivered when it does.';
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}
