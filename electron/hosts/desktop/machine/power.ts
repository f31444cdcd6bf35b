import type { Event, PowerMonitor } from 'electron';
import type { Logger } from '../../../monitor/logging/logger.ts';
import type { Monitor } from '../../../monitor/monitor.ts';

type PowerParts = {
  readonly powerMonitor: Pick<PowerMonitor, 'on'>;
  readonly monitor: Pick<Monitor, 'pausePolling' | 'resumePolling'>;
  /** The system shuts down, or the user logs out. */
  readonly onShutdown: () => void;
  readonly log: Logger;
};

/**
 * Lets the program sleep with the machine: a request that is cut off by the sleep would only fail, and after it the first
 * price is asked for at once. A shutdown waits until what was accepted is written, as long as the system lets it.
 */
export function followPower({ powerMonitor, monitor, onShutdown, log }: PowerParts): void {
  powerMonitor.on('suspend', () => {
    log.info('the machine goes to sleep');
    monitor.pausePolling();
  });
  powerMonitor.on('resume', () => {
    log.info('the machine is awake');
    monitor.resumePolling();
  });
  // Its type leaves the event out, which is there (macOS and Linux).
  powerMonitor.on('shutdown', ((event?: Pick<Event, 'preventDefault'>) => {
    log.info('the system shuts down');
    event?.preventDefault();
    onShutdown();
  }) as () => void);
}
