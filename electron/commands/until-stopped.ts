import { t } from '../../shared/messages/message.ts';

/**
 * Runs work that SIGINT and SIGTERM abort, so that it can close what it has opened; a second signal ends the process immediately.
 *
 * @throws the signal's reason when it was aborted
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const stop = (name: NodeJS.Signals): void => {
    announceStop();
    stopping.abort(new Error(`interrupted by ${name}`));
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work(stopping.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}

/** At the first signal: the current step may take a while. */
export function announceStop(): void {
  process.stderr.write(`${t('command.stopping')}\n`);
}
