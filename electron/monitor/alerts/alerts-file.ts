import { open } from 'node:fs/promises';
import type { Alert } from '../../../shared/domain.ts';
import { nextDelayMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { describeFileError } from '../file-error.ts';
import type { Log } from '../log.ts';
import { alertLine } from './alert-line.ts';
import { missingText } from './missing-text.ts';

const RETRY = { baseMs: 1_000, capMs: 60_000 };

/** As much of the file's end as is searched for lines that a crash left told but not marked so. */
const TAIL_BYTES = 64 * 1_024;

export type AlertsFileState = {
  readonly path: string;
  readonly error: string | null;
  readonly waitingLines: number;
};

export type AlertsFile = {
  /** Appends the alerts' lines after those that wait. Never throws: what fails is shown in `state` and tried again. */
  tell(alerts: readonly Alert[]): void;
  state(): AlertsFileState;
  /** Tries once more at once, and gives up waiting; resolves when nothing is being written any more. */
  stop(): Promise<void>;
};

export type AlertsFileOptions = {
  readonly path: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** The alerts' lines are in the file and synced to disk. */
  readonly onTold: (alerts: readonly Alert[]) => void;
  readonly onChange: () => void;
};

/**
 * The plain text file that every alert is appended to, one line each, UTF-8. A line counts as told when it is synced to
 * disk. Lines are written in the order of the alerts and, because each attempt looks at the file's end first, once,
 * also when an attempt was cut off by a crash or a full disk.
 */
export function createAlertsFile(options: AlertsFileOptions): AlertsFile {
  const { path, clock, random, log } = options;
  const stopping = new AbortController();
  let waiting: Alert[] = [];
  let error: string | null = null;
  let writing: Promise<void> | null = null;

  const appendWaiting = async (): Promise<void> => {
    const alerts = [...waiting];
    await appendLines(path, alerts.map(alertLine));
    waiting = waiting.slice(alerts.length);
    if (error !== null) log.info({ path }, 'alerts file is writable again');
    error = null;
    options.onTold(alerts);
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
    tell(alerts) {
      if (alerts.length === 0) return;
      waiting.push(...alerts);
      write();
    },
    state: () => ({ path, error, waitingLines: waiting.length }),
    async stop() {
      stopping.abort();
      await writing;
    },
  };
}

async function appendLines(path: string, lines: readonly string[]): Promise<void> {
  const file = await open(path, 'a+', 0o644);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, TAIL_BYTES);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    const text = missingText(buffer.toString('utf8', 0, bytesRead), lines);
    if (text !== '') await file.appendFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}
