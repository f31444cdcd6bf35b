import type { Channel } from '../../../monitor/delivery/channel.ts';
import type { Notifier } from './notifier.ts';

/** Alerts raised within this time after the first are combined into one notification. */
export const GATHER_MS = 2_000;

/** Older alerts are skipped after a restart: their notifications would look like new ones. */
const MAX_AGE_MS = 5 * 60_000;

export type NotificationChannelParts = {
  readonly notifier: Pick<Notifier, 'alerts'>;
  readonly isSupported: () => boolean;
};

/** Native notifications: delivered when shown. */
export function notificationChannel({ notifier, isSupported }: NotificationChannelParts): Channel {
  return {
    id: 'notification',
    isForPeople: true,
    limits: { batch: 1_000, gatherMs: GATHER_MS, maxAgeMs: MAX_AGE_MS },
    skip: () => (isSupported() ? null : 'unsupported'),
    async deliver(alerts) {
      const { move, missed } = alerts[0] ?? {};
      // A click opens the alert with the id that the page uses.
      notifier.alerts(
        alerts.map(({ raisedAt: _, move: __, missed: ___, ...alert }) => alert),
        { move, missed },
      );
    },
  };
}
