import type { Alert } from '../../../shared/domain/alert.ts';
import type { DeliveryProgress } from '../../../shared/domain/delivery.ts';

/** One alert on its way to one channel. */
export type Delivery = DeliveryProgress & { readonly alert: Alert };

/** Whether nothing more happens by itself. */
export function isSettled({ status }: Pick<Delivery, 'status'>): boolean {
  return status !== 'pending' && status !== 'failed';
}
