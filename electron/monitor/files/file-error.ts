import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Message, type MessageParams, message } from '../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../shared/messages/message-error.ts';

/** The file operation that failed. */
export type FileAction = MessageParams<'file.failed'>['action'];

/** The message for a failed file operation: which file, why, and what to do. */
export function fileMessage(action: FileAction, path: string, cause: unknown): Message {
  return message('file.failed', { action, path, reason: reasonOf(path, cause) });
}

/** The same as an error, with the operating system's as its cause. */
export function fileError(action: FileAction, path: string, cause: unknown): MessageError {
  return new MessageError(fileMessage(action, path, cause), { cause });
}

function reasonOf(path: string, cause: unknown): Message {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOENT': {
      const folder = dirname(path);
      return existsSync(folder) ? message('file.missing') : message('file.no-folder', { folder });
    }
    case 'ENOTDIR':
      return message('file.path-through-file');
    case 'EEXIST':
      return message('file.exists');
    case 'EISDIR':
      return message('file.is-folder');
    case 'EACCES':
    case 'EPERM':
      return message('file.permission');
    case 'EBUSY':
      return message('file.busy');
    case 'EROFS':
      return message('file.read-only');
    case 'ENOSPC':
    case 'EDQUOT':
      return message('file.disk-full');
    case 'ENXIO':
      return message('file.pipe-unread');
    case 'EPIPE':
      return message('file.pipe-ended');
    case 'EAGAIN':
      return message('file.pipe-slow');
    default:
      return messageOf(cause);
  }
}
