import type { Event, PowerMonitor } from 'electron';
import type { Logger } from '../../../monitor/logging/logger.ts';
import type { Monitor } from '../../../monitor/monitor.ts';

type PowerParts = {
  readonly powerMonitor: Pick<PowerMonitor, 'on'>;
  readonly monitor: Pick<Monitor, 'pausePolling' | 'resumePolling'>;
  /** The system shuts down or the user logs out. */
  readonly onShutdown: () => void;
  readonly log: Logger;
};

/**
 * Pauses polling while the machine sleeps, because an interrupted request would fail, and requests prices immediately on wake-up.
 * Delays a shutdown until accepted data is written, for as long as the system permits.
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
  // The event exists (macOS and Linux) but is missing in the type.
  powerMonitor.on('shutdown', ((event?: Pick<Event, 'preventDefault'>) => {
    log.info('the system shuts down');
    event?.preventDefault();
    onShutdown();
  }) as () => void);
}
