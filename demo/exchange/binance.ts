import { binanceRoutes } from './binance-rest.ts';
import { binanceSocket } from './binance-socket.ts';
import type { Dialect } from './dialect.ts';
import { listingOf } from './pairs.ts';
import type { Venue } from './venue.ts';

/** Binance's spot market: every coin in euros and in USDT, named like `BTCEUR`; none in US dollars. */
export function binanceDialect(venue: Venue): Dialect {
  const listing = listingOf(venue.pairs, ['eur', 'usdt'], '');
  return { id: 'binance', routes: binanceRoutes(venue, listing), socket: binanceSocket(venue, listing) };
}
