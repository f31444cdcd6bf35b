import type { Alert } from '../../../shared/domain/alert.ts';
import type { SkipReason } from '../../../shared/domain/delivery.ts';
import { isMuted, type Mute } from '../../../shared/settings/mutes.ts';
import type { Clock } from '../time/clock.ts';
import type { Channel } from './channel.ts';
import type { Delivery } from './delivery.ts';
import { holdReason } from './missed-alerts.ts';

export type SkippingOptions = {
  readonly channel: Pick<Channel, 'id' | 'isForPeople' | 'wants' | 'skip'>;
  /** The mutes that are in force. */
  readonly mutes: () => readonly Mute[];
  /** How old an alert may be, by the clock, unless it was held back. */
  readonly maxAgeMs: number;
  readonly clock: Clock;
};

/** Creates the function that returns the reason why a waiting alert is not sent to a channel; null for one that is. */
export function createSkipping(options: SkippingOptions): (delivery: Delivery) => SkipReason | null {
  const { channel, mutes, maxAgeMs, clock } = options;
  const isMutedNow = (alert: Pick<Alert, 'coinId' | 'rule'>): boolean => isMuted(mutes(), alert, channel);

  /** Whether an alert of the leading coin covers this one: only if that alert is delivered to people on this channel. */
  const isInhibited = (alert: Alert): boolean => {
    if (alert.inhibitedBy === undefined || channel.isForPeople !== true) return false;
    const leading = { ...alert, coinId: alert.inhibitedBy.coinId };
    return channel.wants?.(leading) !== false && !isMutedNow(leading);
  };

  return (delivery) => {
    const { alert, takenAt } = delivery;
    if (clock.now() - takenAt > maxAgeMs && holdReason(delivery) === null) return 'too-old';
    if (isMutedNow(alert)) return 'muted';
    if (isInhibited(alert)) return 'inhibited';
    return channel.skip?.(alert) ?? null;
  };
}
