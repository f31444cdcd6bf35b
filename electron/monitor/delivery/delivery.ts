import type { Alert } from '../../../shared/domain/alert.ts';
import type { DeliveryProgress } from '../../../shared/domain/delivery.ts';

/** The delivery of one alert to one channel. */
export type Delivery = DeliveryProgress & { readonly alert: Alert };

/** Whether no further attempt is made automatically. */
export function isSettled({ status }: Pick<Delivery, 'status'>): boolean {
  return status !== 'pending' && status !== 'failed';
}
