import { z } from 'zod';
import { instant } from './instant.ts';

/** That the prices of candles are of a source from the one on that starts at `since`, until the next entry of a list. */
export const sourceSinceSchema = z.object({ since: instant, source: z.string().min(1) });
export type SourceSince = Readonly<z.infer<typeof sourceSinceSchema>>;

/** The sources of candles, oldest first, as a list of their changes: far shorter than a name for each candle. */
export function sourcesOf(
  candles: Iterable<{ readonly start: number; readonly source: string }>,
): readonly SourceSince[] {
  const changes: SourceSince[] = [];
  for (const { start, source } of candles) {
    if (changes.at(-1)?.source !== source) changes.push({ since: start, source });
  }
  return changes;
}
