import type { Problem } from '../../../shared/domain/problem.ts';
import { message } from '../../../shared/messages/message.ts';
import { messageOf } from '../../../shared/messages/message-error.ts';
import type { LostWal, RenamedFile } from './log-file.ts';

export type LogTroubles = {
  readonly logPath: string;
  /** The damaged log file that was found at this start. */
  readonly renamedFile: RenamedFile | null;
  /** The state of the write-ahead log, if it was missing or damaged at this start. */
  readonly lostWal: LostWal | null;
  /** Damaged entries of the log found since this start. */
  readonly damagedEntries: number;
  /** The error of reading the log, although it is open. */
  readonly readFailure: Error | null;
};

/** The problems of the log, as messages for the user. */
export function logProblems(troubles: LogTroubles): readonly Problem[] {
  const { logPath, renamedFile, lostWal, damagedEntries, readFailure } = troubles;
  const problems: Problem[] = [];
  if (renamedFile !== null) {
    const { reason, renamedTo } = renamedFile;
    problems.push({
      id: 'journal-set-aside',
      message: message('journal.damaged', { reason, keptAs: renamedTo }),
      isKept: true,
    });
  }
  if (lostWal !== null) {
    const keptAs = lostWal.renamedTo;
    problems.push({
      id: 'journal-log-lost',
      message:
        keptAs === null
          ? message('journal.wal-missing', { path: logPath })
          : message('journal.wal-damaged', { keptAs }),
      isKept: true,
    });
  }
  if (damagedEntries > 0) {
    problems.push({
      id: 'journal-damaged-entry',
      message: message('journal.damaged-entries', { count: damagedEntries, path: logPath }),
    });
  }
  if (readFailure !== null) {
    problems.push({
      id: 'journal-read',
      message: message('journal.unreadable', { path: logPath, reason: messageOf(readFailure) }),
    });
  }
  return problems;
}
