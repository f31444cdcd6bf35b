import type { Tick } from '../../../shared/domain/tick.ts';
import type { QuoteState } from '../latest/quote-state.ts';
import { createQuotes } from '../latest/quotes.ts';

/** The newest stored tick of a source, with the prices up to it. */
type StoredTick = { readonly tick: Tick; readonly recent: QuoteState['recent'] };

/** The quote of a coin from the newest stored ticks of its sources: the tick that would be shown if they had just arrived. */
export function quoteOfStored(
  coinId: string,
  vsCurrency: string,
  stored: readonly StoredTick[],
): QuoteState | null {
  const quotes = createQuotes([coinId], vsCurrency);
  for (const { tick } of stored.toSorted((a, b) => a.tick.observedAt - b.tick.observedAt))
    quotes.update(tick, null);
  const quote = quotes.save(coinId);
  const ofShown = stored.find(({ tick }) => tick === quote?.tick);
  return quote && { ...quote, recent: ofShown?.recent ?? quote.recent };
}
