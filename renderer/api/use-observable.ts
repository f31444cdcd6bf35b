import { useSyncExternalStore } from 'react';
import type { Observable } from './observable.ts';

/** The value of an observable; the component is drawn again after each change. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.get);
}

/** What `select` makes of an observable; the component is drawn again when that changes. */
export function useSelected<T, S extends string | number | boolean | null>(
  observable: Observable<T>,
  select: (value: T) => S,
): S {
  return useSyncExternalStore(observable.subscribe, () => select(observable.get()));
}
