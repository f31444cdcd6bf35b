import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';

/** An editor writes a file in several steps; wait for the last one. */
const SETTLE_MS = 300;

/** A file that is watched until `stop`. */
export type WatchedFile = { stop(): void };

/**
 * Calls back when a file has been written, recreated or renamed into its place. The folder is watched, because editors replace
 * files. If the system cannot watch it, a warning is logged and nothing is called.
 *
 * @param clock real time
 */
export function watchFile(
  path: string,
  onWritten: () => Promise<void>,
  { clock, log }: { readonly clock: Clock; readonly log: Logger },
): WatchedFile {
  const stopping = new AbortController();
  const name = basename(path);
  let settling = new AbortController();

  const settle = async (signal: AbortSignal): Promise<void> => {
    try {
      await clock.sleep(SETTLE_MS, signal);
    } catch {
      return; // it was written again, or the program stops
    }
    await onWritten().catch((err: unknown) => log.warn({ err, path }, 'a changed file cannot be used'));
  };

  try {
    const watcher = watch(dirname(path), { signal: stopping.signal }, (_event, changed) => {
      if (changed !== name) return;
      settling.abort();
      settling = new AbortController();
      void settle(AbortSignal.any([settling.signal, stopping.signal]));
    });
    watcher.on('error', (err) => log.warn({ err, path }, 'a file is not watched any more'));
  } catch (err) {
    log.warn({ err, path }, 'a file cannot be watched: its changes take effect at the next start');
  }
  return { stop: () => stopping.abort() };
}
