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

/** Electron's main process receives no event when the network changes; polling is cheap. */
const LOOK_EVERY_MS = 5_000;

/**
 * Asks for prices at once when the network is back, rather than after the delay of the last failure. Nothing is done
 * when it goes offline: the feed notices by itself, and a proxy or a server on this machine may still respond.
 *
 * @returns the function that ends it
 */
export function followNetwork({ net, monitor, clock, log }: NetworkParts): () => void {
  const stopping = new AbortController();
  const watch = async (): Promise<void> => {
    for (let wasOnline = net.isOnline(); ; ) {
      await clock.sleep(LOOK_EVERY_MS, stopping.signal);
      const isOnline = net.isOnline();
      if (isOnline && !wasOnline) {
        log.info('the network is back');
        monitor.pollNow();
      }
      wasOnline = isOnline;
    }
  };
  watch().catch((err: unknown) => {
    if (!stopping.signal.aborted) log.error({ err }, 'the network is not watched any more');
  });
  return () => stopping.abort();
}
