import type { AlertDelivery } from '../../shared/domain/delivery.ts';
import { formatMoment } from '../../shared/format/local-time.ts';
import { t, text } from '../../shared/messages/message.ts';

export type DeliveryDescription = {
  readonly tone: 'good' | 'bad' | 'quiet';
  readonly channel: string;
  readonly state: string;
};

/** The state of an alert's delivery on a channel, as text. */
export function describeDelivery(delivery: AlertDelivery, now: number): DeliveryDescription {
  const { channel, status, reason, detail, attempts, updatedAt } = delivery;
  const at = formatMoment(updatedAt, now);
  const why = detail === null ? (reason ?? '') : text(detail);
  const words = (tone: DeliveryDescription['tone'], state: string): DeliveryDescription => ({
    tone,
    channel: channelName(channel),
    state,
  });
  switch (status) {
    case 'delivered':
      return words('good', t('deliveries.delivered', { at }));
    case 'skipped':
      return words('quiet', t('deliveries.skipped', { reason: reason ?? 'unknown' }));
    case 'failed':
      return words('bad', t('deliveries.failed', { attempts, at, why }));
    case 'dead':
      return words('bad', t('deliveries.dead', { at, why }));
    case 'pending':
      if (reason === null) return words('quiet', t('deliveries.pending'));
      return words('quiet', t('deliveries.held', { reason, why: detail === null ? null : why }));
  }
}

/** A built-in channel has a name; any other is shown by its id, which the user chose. */
function channelName(id: string): string {
  return id === 'alerts-file' || id === 'notification' ? t('deliveries.built-in', { id }) : id;
}
