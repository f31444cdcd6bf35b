import type { Tick } from '../../../shared/domain/tick.ts';

export type PriceRequest = { readonly coins: readonly string[]; readonly vsCurrency: string };

/** What one request brought. Coins that are fine come through even when others are not. */
export type PriceBatch = {
  readonly ticks: readonly Tick[];
  /** Ids that the source did not answer for. */
  readonly missing: readonly string[];
  /** Coins whose answer could not be used, and why, in a sentence. */
  readonly setAside: readonly { readonly coinId: string; readonly reason: string }[];
  /** Side figures (volume, market cap, change) that made no sense and are null in a tick that is otherwise fine. */
  readonly warnings?: readonly { readonly coinId: string; readonly reason: string }[];
  /** True when the source says that it is a simulation. */
  readonly simulated: boolean;
};

/** Where prices come from. A new provider is one file that returns this. */
export type PriceSource = {
  /** Goes into `Tick.source`. */
  readonly name: string;
  /** One request for all coins. Throws a `FeedError`, or the signal's reason when it aborts. */
  fetchPrices(request: PriceRequest, signal: AbortSignal): Promise<PriceBatch>;
};

/**
 * Why a request brought nothing.
 * `rate-limited`: wait `retryAfterMs` (null: the provider did not say). `refused`: 401 or 403, asking again will not
 * help. `unreachable`: DNS, connection, TLS or timeout. `bad-answer`: 5xx, truncated, not JSON, or not of the schema.
 */
export type FeedErrorKind = 'rate-limited' | 'refused' | 'unreachable' | 'bad-answer';

/** A failed request, with a message that a person can act on and the cause attached. */
export class FeedError extends Error {
  readonly kind: FeedErrorKind;
  readonly retryAfterMs: number | null;

  constructor(
    kind: FeedErrorKind,
    message: string,
    options: ErrorOptions & { retryAfterMs?: number | null } = {},
  ) {
    super(message, options);
    this.name = 'FeedError';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
