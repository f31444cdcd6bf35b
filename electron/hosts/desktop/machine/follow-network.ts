import type { Net } from 'electron';
import type { Logger } from '../../../monitor/logging/logger.ts';
import type { Monitor } from '../../../monitor/monitor.ts';
import type { Clock } from '../../../monitor/time/clock.ts';

type NetworkParts = {
  readonly net: Pick<Net, 'isOnline'>;
  readonly monitor: Pick<Monitor, 'pollNow'>;
  readonly clock: Clock;
  readonly log: Logger;
};

/** Electron's main process gets no event when the network changes; polling is cheap. */
const CHECK_EVERY_MS = 5_000;

/**
 * Requests prices immediately when the network becomes available, without waiting for the delay of the last failure. Going
 * offline is ignored: the feed detects that itself, and a proxy or a server on this machine may still respond.
 *
 * @returns a function that stops this
 */
export function followNetwork({ net, monitor, clock, log }: NetworkParts): () => void {
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    for (let wasOnline = net.isOnline(); ; ) {
      await clock.sleep(CHECK_EVERY_MS, stopping.signal);
      const isOnline = net.isOnline();
      if (isOnline && !wasOnline) {
        log.info('the network is back');
        monitor.pollNow();
      }
      wasOnline = isOnline;
    }
  };
  watch().catch((err: unknown) => {
    if (!stopping.signal.aborted) log.error({ err }, 'the network is no longer monitored');
  });
  return () => stopping.abort();
}
