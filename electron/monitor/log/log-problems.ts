import type { Problem } from '../../../shared/domain/problem.ts';
import { asSentence } from '../status/as-sentence.ts';
import type { LostWal, RenamedFile } from './log-file.ts';

export type LogTroubles = {
  readonly journalPath: string;
  /** The damaged journal that was found at this start. */
  readonly renamedFile: RenamedFile | null;
  /** What became of the journal's write-ahead log, when it was missing or damaged at this start. */
  readonly lostWal: LostWal | null;
  /** Entries of the journal that were found damaged since this start. */
  readonly damagedEntries: number;
  /** Why the journal, though it is open, cannot be read. */
  readonly readFailure: Error | null;
};

/** What went wrong with the log, in words for the user. */
export function logProblems(troubles: LogTroubles): readonly Problem[] {
  const { journalPath, renamedFile, lostWal, damagedEntries, readFailure } = troubles;
  const problems: Problem[] = [];
  if (renamedFile !== null) {
    problems.push({
      id: 'journal-set-aside',
      message:
        `The journal of prices on their way to the database was damaged (${renamedFile.reason}). It was kept as ` +
        `${renamedFile.renamedTo}; prices that only it held are not in the database.`,
      isKept: true,
    });
  }
  if (lostWal !== null) {
    const log =
      lostWal.renamedTo === null
        ? `${journalPath}-wal is missing. If you moved it away, stop the program and put it back.`
        : `It could not be read and was kept as ${lostWal.renamedTo}.`;
    problems.push({
      id: 'journal-log-lost',
      message:
        'The program was ended by force, and the write-ahead log of its journal is lost: prices of the last minutes ' +
        `before that may not be in the database. ${log}`,
      isKept: true,
    });
  }
  if (damagedEntries > 0) {
    const entries = damagedEntries === 1 ? '1 entry' : `${damagedEntries} entries`;
    problems.push({
      id: 'journal-damaged-entry',
      message:
        `${entries} of the journal could not be read and went to its dead letters; all else is written. Check the ` +
        `disk. To look at them, stop the program and run: sqlite3 "${journalPath}" ` +
        `"select log_offset, error, batch from dead_letters; select id, error, alert from dead_alerts"`,
    });
  }
  if (readFailure !== null) {
    problems.push({
      id: 'journal-read',
      message:
        `The journal ${journalPath} cannot be read: ${asSentence(readFailure.message)} Prices wait in it. Check the disk, then ` +
        'start the program again.',
    });
  }
  return problems;
}
