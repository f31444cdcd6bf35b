import { useSyncExternalStore } from 'react';
import { useMonitor } from './monitor-context.ts';

/**
 * What `select` makes of the monitor's time, kept current each second. The component is drawn again only when the
 * result changes, so select the text that is shown rather than the time.
 */
export function useMonitorTime<T extends string | number | boolean | null>(select: (now: number) => T): T {
  const { clock } = useMonitor();
  return useSyncExternalStore(clock.subscribe, () => select(clock.get()));
}
