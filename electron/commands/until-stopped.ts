import { t } from '../../shared/messages/message.ts';
import { Interrupted } from './interrupted.ts';
import { onStopSignal } from './stop-signals.ts';

/**
 * Runs work that a stop signal aborts, so that it can close what it has opened; a second signal ends the process immediately.
 *
 * @throws the signal's reason, an `Interrupted`, when it was aborted
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const stopListening = onStopSignal((name) => {
    // The current step may take a while.
    process.stderr.write(`${t('command.stopping')}\n`);
    stopping.abort(new Interrupted(name));
  });
  try {
    return await work(stopping.signal);
  } finally {
    stopListening();
  }
}
