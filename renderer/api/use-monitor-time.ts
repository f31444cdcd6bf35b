import { useSyncExternalStore } from 'react';
import { useMonitor } from './monitor-context.ts';

/**
 * A value derived from the monitor's time, updated each second. The component is rendered again only when the
 * result changes, so select the displayed text rather than the time.
 */
export function useMonitorTime<T extends string | number | boolean | null>(select: (now: number) => T): T {
  const { clock } = useMonitor();
  return useSyncExternalStore(clock.subscribe, () => select(clock.get()));
}
