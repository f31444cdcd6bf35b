import { join } from 'node:path';

/** Node keeps here what it has compiled, and TypeScript without its types, so that the next process need not do it again. */
export const COMPILE_CACHE = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../node_modules/.cache/compiled'),
};

/** For the processes that this one starts, unless their environment says otherwise. */
export function keepCompiled(): void {
  process.env.NODE_COMPILE_CACHE ??= COMPILE_CACHE.NODE_COMPILE_CACHE;
}
