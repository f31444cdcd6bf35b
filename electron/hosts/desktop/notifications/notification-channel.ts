import type { Settings } from '../../../../shared/settings/settings.ts';
import type { Channel } from '../../../monitor/delivery/channel.ts';
import type { Clock } from '../../../monitor/time/clock.ts';
import type { Pause } from '../state/pause.ts';
import type { Notifier } from './notifier.ts';
import { isQuiet } from './quiet-hours.ts';

/** Alerts that are raised this soon after the first become one notification. */
export const GATHER_MS = 2_000;

/** Older alerts are skipped after a restart: their notifications would look like new ones. */
export const MAX_AGE_MS = 5 * 60_000;

export type NotificationChannelParts = {
  readonly notifier: Pick<Notifier, 'alerts'>;
  readonly isSupported: () => boolean;
  readonly pause: () => Pause;
  readonly settings: () => Pick<Settings, 'quietHours'>;
  /** Real time, also when the monitor's clock runs faster. */
  readonly clock: Pick<Clock, 'now'>;
};

/** Native notifications: delivered when shown, skipped during pauses and quiet hours. */
export function notificationChannel(parts: NotificationChannelParts): Channel {
  const { notifier, isSupported, pause, settings, clock } = parts;
  return {
    id: 'notification',
    isForPeople: true,
    limits: { batch: 1_000, gatherMs: GATHER_MS, maxAgeMs: MAX_AGE_MS },
    skip() {
      if (!isSupported()) return 'unsupported';
      if (pause().kind !== 'none') return 'paused';
      return isQuiet(settings().quietHours, clock.now()) ? 'quiet-hours' : null;
    },
    async deliver(alerts) {
      // What a click opens is the alert as the page knows it.
      notifier.alerts(
        alerts.map(({ raisedAt: _, move: __, ...alert }) => alert),
        alerts[0]?.move,
      );
    },
  };
}
