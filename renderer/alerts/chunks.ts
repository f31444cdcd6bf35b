import type { Alert } from '../../shared/domain/alert.ts';
import { CHUNK } from './alert-pages.ts';

/** Consecutive alerts of a page, which are drawn together. */
export type Chunk = {
  /** The id of its oldest alert, so that it does not change when newer ones are added. */
  readonly id: string;
  readonly alerts: readonly Alert[];
};

/** A page in chunks, counted from its oldest alert, so that a new one changes only the first chunk. */
export function chunksOf(alerts: readonly Alert[]): readonly Chunk[] {
  const chunks: Chunk[] = [];
  for (let end = alerts.length; end > 0; end -= CHUNK) {
    const part = alerts.slice(Math.max(0, end - CHUNK), end);
    const id = part.at(-1)?.id;
    if (id !== undefined) chunks.unshift({ id, alerts: part });
  }
  return chunks;
}

/** Whether two chunks hold the very same alerts. */
export const isSameChunk = (a: readonly Alert[], b: readonly Alert[]): boolean =>
  a.length === b.length && a.every((alert, index) => alert === b[index]);
