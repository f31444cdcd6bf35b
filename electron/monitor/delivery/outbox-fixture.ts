import type { Delivery } from './delivery.ts';
import type { Outbox } from './outbox.ts';

/** An outbox in memory, for tests of a channel, with all noted deliveries. */
export function memoryOutbox(): Pick<Outbox, 'unsettled' | 'has' | 'note'> & { readonly noted: Delivery[] } {
  const noted: Delivery[] = [];
  return {
    noted,
    unsettled: () => [],
    has: (_channel, alertId) => noted.some(({ alert }) => alert.id === alertId),
    note: (_channel, deliveries) => void noted.push(...deliveries),
  };
}
