/** A value that can be subscribed to, as `useSyncExternalStore` expects it. */
export type Observable<T> = {
  /** Calls `onChange` after each change until the returned function is called. */
  subscribe(onChange: () => void): () => void;
  get(): T;
};

/** An observable that its owner sets. Setting the same value again does not notify. */
export function observable<T>(initial: T): Observable<T> & { set(value: T): void } {
  let current = initial;
  const watchers = new Set<() => void>();
  return {
    get: () => current,
    subscribe(onChange) {
      watchers.add(onChange);
      return () => watchers.delete(onChange);
    },
    set(value) {
      if (Object.is(value, current)) return;
      current = value;
      for (const onChange of [...watchers]) onChange();
    },
  };
}
