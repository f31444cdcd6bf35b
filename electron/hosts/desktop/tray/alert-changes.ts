import { type PauseChoice, pauseOf } from '../../../../shared/settings/pause.ts';
import type { Monitor } from '../../../monitor/monitor.ts';
import type { Clock } from '../../../monitor/time/clock.ts';
import { callMonitor } from '../page/monitor-call.ts';

const HOUR_MS = 3_600_000;

/** What tray and notifications change about alerts. That it happened comes back as an event. */
export type AlertChanges = {
  /** @throws ApiError when the settings cannot be written; so do the others */
  pause(choice: PauseChoice): Promise<void>;
  resume(): Promise<void>;
  /** For an hour, on the channels that people read. */
  mute(coinIds: readonly string[]): Promise<void>;
  unmute(coinId: string): Promise<void>;
  /** Marks all alerts as read. */
  markRead(): Promise<void>;
};

export function createAlertChanges(
  monitor: Pick<Monitor, 'dispatch'>,
  clock: Pick<Clock, 'now'>,
): AlertChanges {
  return {
    async pause(choice) {
      await callMonitor(monitor, 'alerts.pause', pauseOf(choice, clock.now()));
    },
    async resume() {
      await callMonitor(monitor, 'alerts.resume', {});
    },
    async mute(coinIds) {
      const until = new Date(clock.now() + HOUR_MS).toISOString();
      for (const coin of coinIds) await callMonitor(monitor, 'alerts.mute', { coin, until });
    },
    async unmute(coin) {
      await callMonitor(monitor, 'alerts.unmute', { coin });
    },
    async markRead() {
      await callMonitor(monitor, 'alerts.mark-read', { alertIds: null });
    },
  };
}
