import { useSyncExternalStore } from 'react';
import type { Connection } from './connection.ts';
import { useMonitor } from './monitor-context.ts';

/** The state of the connection to the monitor. */
export function useConnection(): Connection {
  const { connection } = useMonitor();
  return useSyncExternalStore(connection.subscribe, connection.get);
}
