import { type Message, type MessageParams, message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';

export type ArchiveFault = 'exists' | 'missing' | 'refused' | 'full' | 'unavailable';

/** The operation that failed. */
export type ArchiveAction = MessageParams<'archive.failed'>['action'];

/** An operation on a target failed. The message has the operation, the file and the reason. */
export class ArchiveError extends MessageError {
  readonly fault: ArchiveFault;
  /** The reason alone, without the operation and the file. */
  readonly reason: Message;

  constructor(fault: ArchiveFault, content: Message, reason: Message, options?: ErrorOptions) {
    super(content, options);
    this.name = 'ArchiveError';
    this.fault = fault;
    this.reason = reason;
  }
}

export type Failure = {
  readonly fault: ArchiveFault;
  /** The error text of the target. */
  readonly errorText: string;
  /** Replaces the general reason for the fault. */
  readonly reason?: Message;
};

/**
 * @param path of the file; empty for the target itself
 * @param archive the URL of the target: of an archive or of a backup
 */
export function archiveError(
  action: ArchiveAction,
  path: string,
  archive: string,
  { fault, errorText, reason }: Failure,
  cause?: unknown,
): ArchiveError {
  const why = reason ?? reasonOf(fault, errorText);
  const content = message('archive.failed', { action, path, archive, reason: why });
  return new ArchiveError(fault, content, why, { cause });
}

/** The error for a read that returned another number of bytes than was requested. */
export function incompleteRead(
  path: string,
  archive: string,
  counts: MessageParams<'archive.incomplete'>,
): ArchiveError {
  const reason = message('archive.incomplete', counts);
  return archiveError('read', path, archive, { fault: 'unavailable', errorText: '', reason });
}

function reasonOf(fault: ArchiveFault, errorText: string): Message {
  switch (fault) {
    case 'exists':
      return message('archive.exists');
    case 'missing':
      return message('archive.missing');
    case 'refused':
      return message('archive.refused', { said: errorText });
    case 'full':
      return message('archive.full', { said: errorText });
    case 'unavailable':
      return message('archive.unavailable', { said: errorText });
  }
}
