import { z } from 'zod';

/** Milliseconds since the epoch, UTC. */
const instant = z.number().int();
const positive = z.number().positive();

/**
 * One price of one coin at one moment, as a source gave it.
 * Two ticks are the same tick when coin, quote currency, source and `observedAt` are equal.
 */
export const tickSchema = z.object({
  coinId: z.string().min(1),
  vsCurrency: z.string().min(1),
  /** When the source says that this was the price. */
  observedAt: instant,
  price: positive,
  /** Rolling 24-hour volume in the quote currency, as CoinGecko gives it. Not the volume of an interval. */
  volume24h: z.number().nonnegative().nullable(),
  /** What was traded at this price, in units of the coin; null for a price that is no trade. */
  amount: z.number().nonnegative().nullable(),
  marketCap: z.number().nonnegative().nullable(),
  /** The source's own figure for the change over 24 hours, in per cent. Shown, not stored. */
  change24hPct: z.number().nullable(),
  source: z.string().min(1),
});
export type Tick = Readonly<z.infer<typeof tickSchema>>;

/**
 * What the volume of a candle means, never mixed in one series: what was traded within it, in units of the coin, or in the
 * 24 hours before its end, in the quote currency.
 */
export const volumeKindSchema = z.enum(['traded', 'rolling-24h']);
export type VolumeKind = z.infer<typeof volumeKindSchema>;

export const candleSchema = z.object({
  /** Start of the bucket. */
  start: instant,
  open: positive,
  high: positive,
  low: positive,
  close: positive,
  /** See `volumeKind` of the series; null where the source gave none. */
  volume: z.number().nonnegative().nullable(),
  /** 0 for a candle that is a provider's history, for a time that was not measured. */
  tickCount: z.number().int().nonnegative(),
});
export type Candle = Readonly<z.infer<typeof candleSchema>>;

/** A rule fired. `id` is the same for the same crossing however often it is computed. */
export const alertSchema = z.object({
  id: z.string().min(1),
  rule: z.string().min(1),
  coinId: z.string().min(1),
  vsCurrency: z.string().min(1),
  source: z.string().min(1),
  /** Time of the tick that crossed. */
  observedAt: instant,
  price: positive,
  /** What happened, without time and coin: `price changed by more than 2% from the 5-min average`. */
  message: z.string().min(1),
  /** The numbers behind the message, by name, e.g. `average`, `changePct`. */
  figures: z.record(z.string(), z.number()),
});
export type Alert = Readonly<z.infer<typeof alertSchema>>;

/**
 * How the price feed is doing.
 * `live`: the last request worked and the newest price is young.
 * `stale`: requests work, but the provider's prices have not moved on since `since`.
 * `rate-limited`: the provider asked us to wait (HTTP 429) until `until`.
 * `offline`: requests have failed since `since`; the next try is at `retryAt`.
 * `stopped`: the provider refuses us (401, 403) and trying again would not help.
 */
export const feedStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('starting') }),
  z.object({ status: z.literal('live'), lastSuccessAt: instant }),
  z.object({ status: z.literal('stale'), since: instant, lastSuccessAt: instant }),
  z.object({ status: z.literal('rate-limited'), since: instant, until: instant }),
  z.object({ status: z.literal('offline'), since: instant, retryAt: instant, error: z.string() }),
  z.object({ status: z.literal('stopped'), since: instant, error: z.string() }),
]);
export type FeedState = Readonly<z.infer<typeof feedStateSchema>>;

/**
 * How the database is doing. While it is not `ready`, prices and alerts wait in the local queue and nothing is lost.
 * `refused`: the program will not use this database (for example, it is newer than the program).
 */
export const databaseStateSchema = z.discriminatedUnion('status', [
  z.object({ status: z.literal('starting') }),
  z.object({ status: z.literal('ready'), kind: z.enum(['embedded', 'external']) }),
  z.object({ status: z.literal('down'), since: instant, retryAt: instant, error: z.string() }),
  z.object({ status: z.literal('refused'), error: z.string() }),
]);
export type DatabaseState = Readonly<z.infer<typeof databaseStateSchema>>;

/** The latest known of one coin, as a card shows it. Everything but the ids is null until the first price. */
export const quoteSchema = z.object({
  coinId: z.string(),
  vsCurrency: z.string(),
  price: positive.nullable(),
  observedAt: instant.nullable(),
  source: z.string().nullable(),
  volume24h: z.number().nonnegative().nullable(),
  marketCap: z.number().nonnegative().nullable(),
  change24hPct: z.number().nullable(),
  /**
   * What the streamed exchange has traded since the program started, in units of the coin; only its growth means something.
   * Null while nothing is streamed.
   */
  tradedTotal: z.number().nonnegative().nullable(),
  /** Whether `price` is that of a trade, not one that was asked for: of a candle with trades, only they are the prices. */
  isTrade: z.boolean(),
  /** Mean of the earlier prices in the alert window; null until the rule has enough of them. */
  average: positive.nullable(),
  /** Distance of the price from `average` in per cent. */
  changeFromAveragePct: z.number().nullable(),
  /** The last prices in memory, oldest first, as [observedAt, price]. */
  recent: z.array(z.tuple([instant, positive]).readonly()).readonly(),
  /** Why this coin has no price, in a sentence for the user (an unknown id, say). */
  problem: z.string().nullable(),
});
export type Quote = Readonly<z.infer<typeof quoteSchema>>;

/** A quote that has changed, without the prices in memory: a page has them, and goes on with `addRecentPrice`. */
export const quoteUpdateSchema = quoteSchema.omit({ recent: true });
export type QuoteUpdate = Readonly<z.infer<typeof quoteUpdateSchema>>;

/** Something the user should know and can act on. `id` stays the same while the problem lasts. */
export const problemSchema = z.object({
  id: z.string(),
  message: z.string(),
  /** It happened once, and is told at every start until it is dismissed by `notices.dismiss`. */
  isKept: z.boolean().optional(),
});
export type Problem = Readonly<z.infer<typeof problemSchema>>;

/** A coin that a search found. */
export const foundCoinSchema = z.object({
  id: z.string(),
  symbol: z.string(),
  name: z.string(),
  /** Place by market cap, 1 the largest; null where it has none. */
  rank: z.number().int().positive().nullable(),
});
export type FoundCoin = Readonly<z.infer<typeof foundCoinSchema>>;

/** The calls to the provider that its plan allows, and the interval between price requests that they last for. */
export const budgetStatusSchema = z.object({
  plan: z.enum(['keyless', 'demo', 'pro']),
  /** In this calendar month, UTC. */
  usedThisMonth: z.number().int().nonnegative(),
  /** Null where the plan counts no month. */
  leftThisMonth: z.number().int().nonnegative().nullable(),
  intervalSeconds: positive,
  /** Why just this interval: `10,000 calls a month: 7,412 left for 9 days`. */
  reason: z.string(),
});
export type BudgetStatus = Readonly<z.infer<typeof budgetStatusSchema>>;

/**
 * What comes from exchanges beside CoinGecko. `fallback` is the exchange that stands in while CoinGecko gives nothing;
 * `streams` are the coins whose trades are followed, by exchange and by how that goes: `live` when the connection has
 * brought a trade of the coin, `connecting` until then, `waiting` while the connection is to be made again after a failure,
 * `refused` by the exchange. All but the live ones are polled.
 */
export const exchangesStateSchema = z.object({
  fallback: z.string().nullable(),
  streams: z
    .array(
      z.object({
        source: z.string(),
        status: z.enum(['connecting', 'live', 'waiting', 'refused']),
        coins: z.array(z.string()).readonly(),
      }),
    )
    .readonly(),
});
export type ExchangesState = Readonly<z.infer<typeof exchangesStateSchema>>;

/** The state of everything but the prices. */
export const statusSchema = z.object({
  feed: feedStateSchema,
  database: databaseStateSchema,
  queue: z.object({
    /** Ticks accepted and not yet in the database. */
    waitingTicks: z.number().int().nonnegative(),
    /** Tasks that can never be written, kept aside. */
    deadLetters: z.number().int().nonnegative(),
  }),
  alertsFile: z.object({
    path: z.string(),
    /** Why the last append failed, or null. Appending is retried. */
    error: z.string().nullable(),
    waitingLines: z.number().int().nonnegative(),
  }),
  problems: z.array(problemSchema).readonly(),
  exchanges: exchangesStateSchema.optional(),
  budget: budgetStatusSchema.optional(),
  /** Requests for history, made to fill what was not measured; absent while there is nothing to fill. */
  backfill: z.object({ done: z.number().int().nonnegative(), total: z.number().int().positive() }).optional(),
});
export type Status = Readonly<z.infer<typeof statusSchema>>;

/** All that a page needs to draw itself at once; events keep it current. */
export const snapshotSchema = z.object({
  version: z.string(),
  /** The monitor's clock at the moment of the snapshot, and how fast it runs (1 but in a sped-up demo). */
  now: instant,
  clockSpeed: positive,
  /** True when prices come from a simulated market. */
  simulated: z.boolean(),
  vsCurrency: z.string(),
  /** Seconds between price requests. */
  pollSeconds: positive,
  alertRule: z.object({ thresholdPct: positive, windowMinutes: positive }),
  quotes: z.array(quoteSchema).readonly(),
  status: statusSchema,
});
export type Snapshot = Readonly<z.infer<typeof snapshotSchema>>;
