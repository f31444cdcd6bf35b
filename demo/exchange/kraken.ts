import type { Dialect } from './dialect.ts';
import { krakenListing } from './kraken-pairs.ts';
import { krakenRoutes } from './kraken-rest.ts';
import { krakenSocket } from './kraken-socket.ts';
import type { Venue } from './venue.ts';

/** Kraken: every coin in US dollars and euros. */
export function krakenDialect(venue: Venue): Dialect {
  const listing = krakenListing(venue.pairs);
  return { id: 'kraken', routes: krakenRoutes(venue, listing), socket: krakenSocket(venue, listing) };
}
