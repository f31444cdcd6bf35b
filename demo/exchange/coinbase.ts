import { coinbaseRoutes } from './coinbase-rest.ts';
import { coinbaseSocket } from './coinbase-socket.ts';
import type { Dialect } from './dialect.ts';
import { listingOf } from './pairs.ts';
import type { Venue } from './venue.ts';

/**
 * Coinbase's Advanced Trade API: every coin in US dollars, euros and USDC, named like `BTC-USD`. A market in USDC is
 * an alias of the one in US dollars: they share an order book.
 */
export function coinbaseDialect(venue: Venue): Dialect {
  const listing = listingOf(venue.pairs, ['usd', 'eur', 'usdc'], '-');
  return { id: 'coinbase', routes: coinbaseRoutes(venue, listing), socket: coinbaseSocket(venue, listing) };
}
