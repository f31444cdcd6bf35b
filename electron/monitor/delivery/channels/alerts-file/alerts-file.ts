import { stat } from 'node:fs/promises';
import type { Alert } from '../../../../../shared/domain/alert.ts';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import { fileMessage } from '../../../files/file-error.ts';
import type { Channel, ChannelLimits } from '../../channel.ts';
import { DeliveryError } from '../../delivery-error.ts';
import { alertLine } from './alert-line.ts';
import { createAlertPipe } from './alert-pipe.ts';
import { appendLinesAtOnce, type FileMark } from './append-at-once.ts';
import { appendLines } from './append-lines.ts';
import { type Rotation, rotate } from './rotate.ts';

/** Stored with cursors and deliveries. */
export const ALERTS_FILE_ID = 'alerts-file';

/** An append that takes long must not run twice concurrently, and deliveries to the file never become dead letters. */
export const ALERTS_FILE_LIMITS: ChannelLimits = {
  batch: 10_000,
  timeoutMs: Number.POSITIVE_INFINITY,
  deadAfterMs: Number.POSITIVE_INFINITY,
};

/** How the program rotates the file, by this clock. */
export type FileRotation = Rotation & { readonly now: () => number };

export type AlertsFileOptions = {
  /** Null, or absent, if the user rotates the file, or uses a program for that. */
  readonly rotation?: FileRotation | null;
  /**
   * A folder on the disk of the log, which the main thread waits for anyway: a file on the same disk is written in that thread,
   * so that only the disk delays a line after its record of the log. No disk when absent.
   */
  readonly besideLog?: string | null;
};

/**
 * The plain text file that every alert is appended to, one line each, UTF-8, in the order of the alerts. A line counts as
 * delivered when it is synced to disk. It is written once, also when an attempt was interrupted by a crash or a full disk,
 * because the file is searched for what such an attempt may have written.
 *
 * The path may also name a pipe or a device. A line then counts as delivered when the pipe has accepted it; a program that is
 * killed before it records that delivers the line again.
 */
export function alertsFileChannel(
  path: string,
  { rotation = null, besideLog = null }: AlertsFileOptions = {},
): Channel {
  const pipe = createAlertPipe(path);
  /** The device whose files are written synchronously; null until it is known to hold the file and the log. */
  let device: number | null = null;
  /** The state of the file after the last synchronous append. */
  let mark: FileMark | null = null;
  /**
   * Whether the file may already contain lines. It may at the start: an earlier run may have been killed before it recorded
   * deliveries, or while the log could not be written.
   */
  let mayHold = true;

  const writeToFile = async (alerts: readonly Alert[]): Promise<void> => {
    await pipe.close();
    if (rotation !== null) await rotate(path, rotation, rotation.now());
    const oldestAt = alerts.reduce((oldest, { observedAt }) => Math.min(oldest, observedAt), Infinity);
    // Files that the program rotates are small, and their rotation may follow another clock than the file system's.
    const writtenSince = rotation === null ? oldestAt : Number.NEGATIVE_INFINITY;
    const triedSince = mayHold ? writtenSince : null;
    mayHold = true; // until the attempt is known to have succeeded
    await appendLines(path, alerts.map(alertLine), triedSince);
    mayHold = false;
    device = rotation === null && besideLog !== null ? await sharedDevice(path, besideLog) : null;
  };

  /** Returns whether the lines were written. Only called after a successful attempt, so that no line is in the file already. */
  const writeAtOnce = (alerts: readonly Alert[]): boolean => {
    if (device === null || mayHold) return false;
    mayHold = true; // until the result is known
    mark = appendLinesAtOnce(path, alerts.map(alertLine), device, mark);
    mayHold = false;
    return mark !== null;
  };

  const writeToPipe = async (alerts: readonly Alert[]): Promise<void> => {
    const delivered: string[] = [];
    for (const alert of alerts) {
      try {
        await pipe.write(alertLine(alert));
      } catch (cause) {
        throw failure(cause, delivered);
      }
      delivered.push(alert.id);
    }
  };

  const failure = (cause: unknown, delivered: readonly string[] = []): DeliveryError =>
    new DeliveryError('unreachable', fileMessage('write', path, cause), { cause, delivered });

  return {
    id: ALERTS_FILE_ID,
    path,
    limits: ALERTS_FILE_LIMITS,
    async deliver(alerts) {
      try {
        if (writeAtOnce(alerts)) return;
        await ((await isFile(path)) ? writeToFile(alerts) : writeToPipe(alerts));
      } catch (cause) {
        throw cause instanceof DeliveryError ? cause : failure(cause);
      }
    },
    close: pipe.close,
  };
}

/** The device of a file and a folder, if it is the same. */
async function sharedDevice(file: string, folder: string): Promise<number | null> {
  const [one, other] = await Promise.all([stat(file), stat(folder)]).catch(() => []); // gone in the meantime
  return one !== undefined && one.dev === other?.dev ? one.dev : null;
}

/** Whether the path names a regular file, or does not exist: a file is then created. A folder fails as a file. */
async function isFile(path: string): Promise<boolean> {
  try {
    const found = await stat(path);
    if (found.isSocket()) throw new MessageError(message('file.is-socket'));
    return found.isFile() || found.isDirectory();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw cause;
  }
}
