import type { Snapshot } from '../../../../shared/domain/snapshot.ts';
import type { TrayState } from './tray-state.ts';

/**
 * What the icon says at a glance. `alert`: one was raised since the window was last looked at. `stale`: the prices are
 * not those of now. An unread alert comes first, for the tooltip still tells the other.
 */
export type TrayIcon = 'calm' | 'alert' | 'stale';

export function trayIcon({ snapshot, hasUnread, pause }: TrayState): TrayIcon {
  if (hasUnread && pause.kind === 'none') return 'alert';
  return pricesAreStale(snapshot) ? 'stale' : 'calm';
}

/** Being rate-limited is routine, and being at the start too: neither makes prices stale. */
function pricesAreStale({ status: { feed } }: Snapshot): boolean {
  return feed.status === 'stale' || feed.status === 'offline' || feed.status === 'stopped';
}
