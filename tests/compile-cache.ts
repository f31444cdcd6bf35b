import { join } from 'node:path';

/** The folder in which Node caches compiled code, and TypeScript with its types stripped, for later processes. */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/compiled'),
};

/** Sets the cache for the processes that this one starts, unless their environment names another. */
export function keepCompiled(): void {
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE.NODE_COMPILE_CACHE;
}
