import type { EventMessage } from '../../../shared/contract/events.ts';
import type { Logger } from '../logging/logger.ts';

export type EventListener = (message: EventMessage) => void;

/** Passes events on to all subscribed hosts. */
export type EventHub = {
  emit(message: EventMessage): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: EventListener): () => void;
};

/** An error of one listener affects neither the others nor the caller of `emit`. */
export function createEventHub(log: Pick<Logger, 'error'>): EventHub {
  const listeners = new Set<EventListener>();
  return {
    emit(message) {
      for (const listener of listeners) {
        try {
          listener(message);
        } catch (err) {
          log.error({ err, event: message.event }, 'a listener failed on an event');
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
