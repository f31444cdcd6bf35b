import { createContext, useContext } from 'react';
import type { Observable } from '../observable/observable.ts';
import type { Client } from './client.ts';
import type { Connection } from './connection.ts';
import type { HostRequests } from './host-requests.ts';
import type { MonitorClock } from './monitor-clock.ts';

/** The services that components can use. */
export type Monitor = {
  readonly client: Client;
  readonly clock: MonitorClock;
  readonly connection: Observable<Connection>;
  readonly hostRequests: HostRequests;
};

export const MonitorContext = createContext<Monitor | null>(null);

/** Throws when used outside of a `MonitorContext`. */
export function useMonitor(): Monitor {
  const monitor = useContext(MonitorContext);
  if (monitor === null) throw new Error('useMonitor needs a MonitorContext above it.');
  return monitor;
}
