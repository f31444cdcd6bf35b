import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';

/**
 * Write-only: a pipe that is also opened for reading would accept data without a reader. Non-blocking: opening a pipe without a
 * reader fails instead (ENXIO), and so does writing to a full one (EAGAIN). A thread that blocks in either call would keep the
 * process from ending. Windows has neither flag, nor such pipes.
 */
const FLAGS =
  constants.O_WRONLY | constants.O_APPEND | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/** A pipe, a terminal or a device: it accepts lines and cannot be read back or synced. */
export type AlertPipe = {
  /**
   * Writes a line with its line feed. Throws when no reader accepts it now; it may be retried with the same line. The next reader
   * gets the whole line, even if the previous one received a part of it.
   */
  write(line: string): Promise<void>;
  close(): Promise<void>;
};

export function createAlertPipe(path: string): AlertPipe {
  let pipe: FileHandle | null = null;
  /** Bytes of the current line that the reader has received. */
  let received = 0;

  const close = async (): Promise<void> => {
    const closing = pipe;
    pipe = null;
    received = 0;
    await closing?.close();
  };

  /** It stays open between two lines, because a reader treats closing as the end. */
  const opened = async (): Promise<FileHandle> => {
    if (pipe !== null) {
      const [own, there] = [await pipe.stat(), await stat(path)];
      if (own.ino === there.ino && own.dev === there.dev) return pipe;
      await close(); // replaced by another one
    }
    pipe = await open(path, FLAGS);
    return pipe;
  };

  return {
    async write(line) {
      try {
        const handle = await opened();
        const bytes = Buffer.from(`${line}\n`);
        while (received < bytes.length) received += (await handle.write(bytes, received)).bytesWritten;
        received = 0;
      } catch (error) {
        // A slow reader has received the beginning; after any other error, the next reader has received nothing.
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') await close();
        throw error;
      }
    },
    close,
  };
}
