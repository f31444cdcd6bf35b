import { useSyncExternalStore } from 'react';
import type { Observable } from './observable.ts';

/** The value of an observable. The component is rendered again after each change. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.get);
}

/** A value derived from an observable. The component is rendered again when it changes. */
export function useSelected<T, S extends string | number | boolean | null>(
  observable: Observable<T>,
  select: (value: T) => S,
): S {
  return useSyncExternalStore(observable.subscribe, () => select(observable.get()));
}
