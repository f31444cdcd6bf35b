/**
 * Whether the page is connected to the monitor. `connecting`: not yet since the page was opened. `lost`: no longer; the
 * page reconnects. `expired`: the host rejects the page's key, and reconnecting would not help.
 */
export type Connection = 'connecting' | 'connected' | 'lost' | 'expired';

/** The next state after the bridge reported whether it is connected. */
export function nextConnection(previous: Connection, connected: boolean): Connection {
  if (previous === 'expired') return 'expired';
  if (connected) return 'connected';
  return previous === 'connecting' ? 'connecting' : 'lost';
}
