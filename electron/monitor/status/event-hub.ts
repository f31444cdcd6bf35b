import type { EventMessage } from '../../../shared/contract/events.ts';
import type { Logger } from '../logging/logger.ts';

export type EventListener = (message: EventMessage) => void;

/** Passes what the monitor tells on to every host that listens. */
export type EventHub = {
  emit(message: EventMessage): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: EventListener): () => void;
};

/** A listener that throws keeps nothing from the others, nor from the part that tells. */
export function createEventHub(log: Pick<Logger, 'error'>): EventHub {
  const listeners = new Set<EventListener>();
  return {
    emit(message) {
      for (const listener of listeners) {
        try {
          listener(message);
        } catch (err) {
          log.error({ err, event: message.event }, 'an event was not passed on');
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
