import { stat } from 'node:fs/promises';
import type { Alert } from '../../../../../shared/domain/alert.ts';
import { describeFileError } from '../../../files/file-error.ts';
import type { Logger } from '../../../logging/logger.ts';
import { nextDelayMs } from '../../../time/backoff.ts';
import type { Clock } from '../../../time/clock.ts';
import { alertLine } from './alert-line.ts';
import { createAlertPipe } from './alert-pipe.ts';
import { appendLines } from './append-lines.ts';

const RETRY = { baseMs: 1_000, capMs: 60_000 };

export type AlertsFileState = {
  readonly path: string;
  readonly error: string | null;
  readonly waitingLines: number;
};

export type AlertsFile = {
  /** Appends the alerts' lines after those that wait. Never throws: what fails is shown in `state` and tried again. */
  deliver(alerts: readonly Alert[]): void;
  state(): AlertsFileState;
  /** Tries once more at once, and gives up waiting; resolves when nothing is being written any more. */
  stop(): Promise<void>;
};

export type AlertsFileOptions = {
  readonly path: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** The alerts' lines are in the file and synced to disk, or handed to the pipe. Must not throw. */
  readonly onDelivered: (alerts: readonly Alert[]) => void;
  readonly onChange: () => void;
};

/**
 * The plain text file that every alert is appended to, one line each, UTF-8, in the order of the alerts. A line counts
 * as delivered when it is synced to disk. It is written once, also when an attempt was cut off by a crash or a full
 * disk, because the file is searched for what such an attempt may have left in it.
 *
 * The path may also name a pipe or a device. A line then counts as delivered when the pipe has taken it; whoever is
 * killed between that and the note of it delivers it again.
 */
export function createAlertsFile(options: AlertsFileOptions): AlertsFile {
  const { path, clock, random, log } = options;
  const stopping = new AbortController();
  let waiting: Alert[] = [];
  let error: string | null = null;
  let writing: Promise<void> | null = null;

  const pipe = createAlertPipe(path);
  /**
   * Whether lines that wait may be in the file already. So it is at the start: an earlier run may have been killed
   * before it could note what it had delivered, or while the journal could not be written.
   */
  let mayHold = true;

  const delivered = (count: number): void => {
    const alerts = waiting.slice(0, count);
    waiting = waiting.slice(count);
    if (alerts.length > 0) options.onDelivered(alerts);
  };

  const appendWaiting = async (): Promise<void> => {
    const lines = waiting.map(alertLine);
    const oldestAt = waiting.reduce((oldest, { observedAt }) => Math.min(oldest, observedAt), Infinity);
    if (await isFile(path)) {
      await pipe.close();
      const triedSince = mayHold ? oldestAt : null;
      mayHold = true; // until the attempt is known to have succeeded
      await appendLines(path, lines, triedSince);
      mayHold = false;
      delivered(lines.length);
    } else {
      let count = 0;
      try {
        for (; count < lines.length; count++) await pipe.write(lines[count] ?? '');
      } finally {
        delivered(count);
      }
    }
    if (error !== null) log.info({ path }, 'alerts file is writable again');
    error = null;
  };

  const writeAll = async (): Promise<void> => {
    for (let delayMs = 0; waiting.length > 0; ) {
      try {
        await appendWaiting();
        delayMs = 0;
      } catch (cause) {
        error = describeFileError('write', path, cause);
        log.error({ path, err: cause, waitingLines: waiting.length }, 'cannot append to the alerts file');
        if (stopping.signal.aborted) return;
        delayMs = nextDelayMs(delayMs, RETRY, random());
        options.onChange();
        await clock.sleep(delayMs, stopping.signal).catch(() => undefined); // woken by stop(): one last try
        continue;
      }
      options.onChange();
    }
  };

  const write = (): void => {
    writing ??= writeAll().finally(() => {
      writing = null;
    });
  };

  return {
    deliver(alerts) {
      if (alerts.length === 0) return;
      waiting.push(...alerts);
      write();
    },
    state: () => ({ path, error, waitingLines: waiting.length }),
    async stop() {
      stopping.abort();
      await writing;
      await pipe.close();
    },
  };
}

/** Whether the path names a regular file, or nothing that is there: then one is made. A folder fails as a file. */
async function isFile(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    if (found.isSocket()) throw new Error('this is a socket. Choose a file or a named pipe.');
    return found.isFile() || found.isDirectory();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw cause;
  }
}
