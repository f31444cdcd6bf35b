import type { z } from 'zod';
import { type Observable, observable } from '../observable/observable.ts';

/** A value that is stored in the browser and shared by all components that show it. */
export type Stored<T> = Observable<T> & { set(value: T): void };

/** The value that is stored under a key, or `initial` if there is none, or it was written by an incompatible version. */
export function storedInBrowser<T>(key: string, schema: z.ZodType<T>, initial: T): Stored<T> {
  const stored = observable(read(key, schema) ?? initial);
  return {
    ...stored,
    set(value) {
      stored.set(value);
      window.localStorage.setItem(key, JSON.stringify(value));
    },
  };
}

function read<T>(key: string, schema: z.ZodType<T>): T | null {
  try {
    const result = schema.safeParse(JSON.parse(window.localStorage.getItem(key) ?? 'null'));
    return result.success ? result.data : null;
  } catch {
    return null; // Not JSON: written by another program on this origin, or damaged.
  }
}
