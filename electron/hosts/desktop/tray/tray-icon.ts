import type { Snapshot } from '../../../../shared/domain/snapshot.ts';
import type { TrayState } from './tray-state.ts';

/**
 * The state of the icon. `alert`: an alert was raised since the window was last focused. `stale`: the prices are not
 * current. `alert` takes precedence, because the tooltip reports stale prices as well.
 */
export type TrayIcon = 'calm' | 'alert' | 'stale';

export function trayIcon({ snapshot, hasUnread }: TrayState): TrayIcon {
  if (hasUnread && snapshot.status.quiet?.reason !== 'paused') return 'alert';
  return pricesAreStale(snapshot) ? 'stale' : 'calm';
}

/** Rate limits and the start are normal: neither makes prices stale. */
function pricesAreStale({ status: { feed } }: Snapshot): boolean {
  return feed.status === 'stale' || feed.status === 'offline' || feed.status === 'stopped';
}
