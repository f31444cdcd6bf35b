import type { z } from 'zod';
import { type Observable, observable } from '../observable/observable.ts';

/** A value that is stored in the browser and shared by all components that show it. */
export type Kept<T> = Observable<T> & { set(value: T): void };

/** What is kept under a key, or `initial` where nothing is, or something that another version wrote. */
export function storedInBrowser<T>(key: string, schema: z.ZodType<T>, initial: T): Kept<T> {
  const kept = observable(read(key, schema) ?? initial);
  return {
    ...kept,
    set(value) {
      kept.set(value);
      window.localStorage.setItem(key, JSON.stringify(value));
    },
  };
}

function read<T>(key: string, schema: z.ZodType<T>): T | null {
  try {
    const result = schema.safeParse(JSON.parse(window.localStorage.getItem(key) ?? 'null'));
    return result.success ? result.data : null;
  } catch {
    return null; // not JSON: of another program on this origin, or damaged
  }
}
