import { coinbaseRoutes } from './coinbase-rest.ts';
import { coinbaseSocket } from './coinbase-socket.ts';
import type { Dialect } from './dialect.ts';
import { listingOf } from './pairs.ts';
import type { Venue } from './venue.ts';

/**
 * The formats of Coinbase's Advanced Trade API: every coin in dollars, in euros and in USDC, named `BTC-USD`. A market in
 * USDC is another name of that in dollars: they have one order book.
 */
export function coinbaseDialect(venue: Venue): Dialect {
  const listing = listingOf(venue.pairs, ['usd', 'eur', 'usdc'], '-');
  return { id: 'coinbase', routes: coinbaseRoutes(venue, listing), socket: coinbaseSocket(venue, listing) };
}
