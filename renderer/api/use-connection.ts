import { useSyncExternalStore } from 'react';
import type { Connection } from './connection.ts';
import { useMonitor } from './monitor-context.ts';

/** Whether the page hears the monitor, kept current. */
export function useConnection(): Connection {
  const { connection } = useMonitor();
  return useSyncExternalStore(connection.subscribe, connection.get);
}
