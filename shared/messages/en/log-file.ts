import { asSentence } from '../../format/as-sentence.ts';
import type { Nested } from './nested.ts';

/** The log file: prices and alerts that are not yet in the database. */
export const logFileTexts = {
  'journal.unwritable': (p: { reason: Nested; waiting: number; dropped: number }) =>
    `Prices cannot be saved: ${asSentence(p.reason)}${waitingText(p)}`,
  'journal.was-unwritable': (p: { waiting: number; dropped: number }) =>
    `Prices could not be saved for a while.${waitingText(p)}`,
  'journal.damaged': (p: { reason: Nested; keptAs: string }) =>
    `The log of prices on their way to the database was damaged (${p.reason}). It was kept as ` +
    `${p.keptAs}; prices that only it contained are not in the database.`,
  'journal.empty': () => 'the file is empty',
  'journal.gone': () => 'the file is missing, and only its write-ahead log exists',
  'journal.stopping': () => 'The program is stopping and accepts no more prices.',
  'journal.not-kept': () => 'The prices could not be kept on disk. Check that the disk is not full.',
  'journal.wal-missing': (p: { path: string }) =>
    `${WAL_LOST} ${p.path}-wal is missing. If you moved it away, stop the program and put it back.`,
  'journal.wal-damaged': (p: { keptAs: string }) =>
    `${WAL_LOST} It could not be read and was kept as ${p.keptAs}.`,
  'journal.damaged-entries': (p: { count: number; path: string }) =>
    `${p.count === 1 ? '1 entry' : `${p.count} entries`} of the log could not be read and became dead letters; all others are written. Check the ` +
    `disk. To look at them, stop the program and run: sqlite3 "${p.path}" ` +
    `"select log_offset, error, batch from dead_letters; select id, error, alert from dead_alerts"`,
  'journal.unreadable': (p: { path: string; reason: Nested }) =>
    `The log ${p.path} cannot be read: ${asSentence(p.reason)} Prices wait in it. Check the disk, then ` +
    'start the program again.',
};

const WAL_LOST =
  'The program was killed, and the write-ahead log of journal.sqlite is lost: prices of the last minutes ' +
  'before that may not be in the database.';

function waitingText({ waiting, dropped }: { waiting: number; dropped: number }): string {
  const wait = waiting > 0 ? ` ${waiting} batches wait in memory.` : '';
  const lost = dropped > 0 ? ` ${dropped} batches were dropped because too many waited.` : '';
  return `${wait}${lost}`;
}
