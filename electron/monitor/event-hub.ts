import type { EventMessage } from '../../shared/api.ts';

export type EventListener = (message: EventMessage) => void;

/** Passes what the monitor tells on to every host that listens. */
export type EventHub = {
  emit(message: EventMessage): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: EventListener): () => void;
};

export function createEventHub(): EventHub {
  const listeners = new Set<EventListener>();
  return {
    emit(message) {
      for (const listener of listeners) listener(message);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
