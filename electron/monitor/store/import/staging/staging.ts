import { DatabaseSync } from 'node:sqlite';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError, messageOf } from '../../../../../shared/messages/message-error.ts';

/** A temporary database on disk, which is deleted when it is closed or the process ends. */
export type Staging = {
  readonly database: DatabaseSync;
  /** Runs a statement that writes, in a transaction that lasts until the first read. */
  write(statement: () => void): void;
  read<Row>(query: string): IterableIterator<Row>;
  close(): void;
};

const CACHE_KB = 16_384;

/**
 * Stores the rows of an import in the folder for temporary files to sort them, because they may not fit in memory.
 *
 * @throws MessageError when the disk is full
 */
export function createStaging(): Staging {
  // With an empty name, SQLite creates a temporary file (https://sqlite.org/inmemorydb.html).
  const database = new DatabaseSync('');
  database.exec(
    `pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -${CACHE_KB}; pragma temp_store = file`,
  );
  let isWriting = false;
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new MessageError(message('import.no-room', { reason: messageOf(error) }), { cause: error });
    }
  };
  return {
    database,
    write(statement) {
      guarded(() => {
        if (!isWriting) database.exec('begin');
        isWriting = true;
        statement();
      });
    },
    *read<Row>(query: string) {
      if (isWriting) guarded(() => database.exec('commit'));
      isWriting = false;
      const rows = database.prepare(query).iterate() as IterableIterator<Row>;
      for (;;) {
        const { value, done } = guarded(() => rows.next());
        if (done) return;
        yield value;
      }
    },
    close() {
      database.close();
    },
  };
}
