import { z } from 'zod';
import { instant } from './instant.ts';

/** An entry of a list of sources: that of the candles from the one that starts at `since` up to the next entry. */
export const sourceSinceSchema = z.object({ since: instant, source: z.string().min(1) });
export type SourceSince = Readonly<z.infer<typeof sourceSinceSchema>>;

/** The sources of candles, oldest first, as a list of changes, which is far shorter than a source for each candle. */
export function sourcesOf(
  candles: Iterable<{ readonly start: number; readonly source: string }>,
): readonly SourceSince[] {
  const changes: SourceSince[] = [];
  for (const { start, source } of candles) {
    if (changes.at(-1)?.source !== source) changes.push({ since: start, source });
  }
  return changes;
}
