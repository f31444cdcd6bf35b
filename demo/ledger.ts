import type { IncomingHttpHeaders } from 'node:http';
import type { Endpoint, ExchangeEndpoint } from './faults.ts';

/** A price that was served in a response of `/simple/price`. Times are in ms since the epoch. */
export type ServedPrice = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly price: number;
  readonly lastUpdatedAt: number;
};

export type RecordedRequest = {
  /** The server's clock when the request arrived. */
  readonly at: number;
  readonly endpoint: Endpoint | ExchangeEndpoint | null;
  /** Path and query of the request. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
};

/** Bounds of a plausible time in seconds: the first Bitcoin block, and the year 5138; later times are in another unit. */
const MIN_SECONDS = 1_230_940_800;
const MAX_SECONDS = 1e11;

/** Records requests and served prices for tests. */
export type Ledger = {
  request(request: RecordedRequest): void;
  /** Records the body of a completely written response of `/simple/price`. */
  prices(body: unknown, currencies: readonly string[]): void;
  requests(): readonly RecordedRequest[];
  served(): readonly ServedPrice[];
};

/** @param isKept false for a long-running server, whose record would grow without bound */
export function createLedger(isKept: boolean): Ledger {
  const requests: RecordedRequest[] = [];
  const served: ServedPrice[] = [];
  const assertKept = (): void => {
    if (!isKept) throw new Error('nothing was recorded: start the server with `record: true`');
  };
  return {
    request(request) {
      if (isKept) requests.push(request);
    },
    prices(body, currencies) {
      if (!isKept || typeof body !== 'object' || body === null) return;
      for (const [coinId, entry] of Object.entries(body) as [string, unknown][]) {
        served.push(...currencies.flatMap((currency) => pricesOf(coinId, entry, currency)));
      }
    },
    requests() {
      assertKept();
      return [...requests];
    },
    served() {
      assertKept();
      return [...served];
    },
  };
}

/** The price of an entry if it is valid; faults may produce invalid entries. */
function pricesOf(coinId: string, entry: unknown, vsCurrency: string): readonly ServedPrice[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const fields = entry as { readonly [name: string]: unknown };
  const price = fields[vsCurrency];
  const seconds = fields.last_updated_at;
  if (typeof price !== 'number' || price <= 0) return [];
  if (typeof seconds !== 'number' || seconds < MIN_SECONDS || seconds > MAX_SECONDS) return [];
  return [{ coinId, vsCurrency, price, lastUpdatedAt: seconds * 1_000 }];
}
