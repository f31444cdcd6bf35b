/**
 * Whether the page hears the monitor. `connecting`: not yet, since the page was opened. `lost`: not any more; it is
 * being tried again. `expired`: the host refuses the page's key, trying again would not help.
 */
export type Connection = 'connecting' | 'connected' | 'lost' | 'expired';

/** The state after the bridge told whether it is connected. */
export function nextConnection(previous: Connection, connected: boolean): Connection {
  if (previous === 'expired') return 'expired';
  if (connected) return 'connected';
  return previous === 'connecting' ? 'connecting' : 'lost';
}
