import type { Tick } from '../../../shared/domain/tick.ts';
import type { Message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';

export type PriceRequest = { readonly coins: readonly string[]; readonly vsCurrency: string };

/** The result of one request. Valid coins are returned even when others are invalid. */
export type PriceBatch = {
  readonly ticks: readonly Tick[];
  /** Ids that are missing from the response. */
  readonly missing: readonly string[];
  /** Coins whose data is invalid, and why. */
  readonly rejected: readonly { readonly coinId: string; readonly reason: Message }[];
  /**
   * Secondary figures (volume, market cap, change) that are invalid, and therefore null in a tick that is otherwise
   * valid.
   */
  readonly warnings?: readonly { readonly coinId: string; readonly reason: Message }[];
  /** True when the source reports that it is a simulation. */
  readonly simulated: boolean;
};

/** A provider of prices. A new provider is one file that creates this. */
export type PriceSource = {
  /** Value of `Tick.source`. */
  readonly name: string;
  /** One request for all coins. Throws a `FeedError`, or the signal's reason when it aborts. */
  fetchPrices(request: PriceRequest, signal: AbortSignal): Promise<PriceBatch>;
};

/**
 * Why a request failed. `rate-limited`: wait `retryAfterMs` (null: the provider gave no time). `refused`: 401 or 403, retrying
 * will not help. `unreachable`: DNS, connection, TLS or timeout. `bad-answer`: 5xx, truncated, not JSON, or not of the schema.
 */
export type FeedErrorKind = 'rate-limited' | 'refused' | 'unreachable' | 'bad-answer';

/** A failed request, with a message that a person can act on and the cause attached. */
export class FeedError extends MessageError {
  readonly kind: FeedErrorKind;
  readonly retryAfterMs: number | null;

  constructor(
    kind: FeedErrorKind,
    content: Message,
    options: ErrorOptions & { retryAfterMs?: number | null } = {},
  ) {
    super(content, options);
    this.name = 'FeedError';
    this.kind = kind;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
