import { z } from 'zod';
import { candleSeriesSchema } from '../../../../shared/domain/candle-series.ts';
import type { Problem } from '../../../../shared/domain/problem.ts';
import { tickSchema } from '../../../../shared/domain/tick.ts';
import type { Logger } from '../../logging/logger.ts';
import {
  AHEAD_MS,
  CANDLES_KEPT_MS,
  type DatedCandles,
  type KeptQuote,
  type LatestStore,
  QUOTES_KEPT_MS,
} from '../latest-store.ts';
import { nameOf } from '../memory-latest-store.ts';
import { type QuoteState, quoteStateSchema } from '../quote-state.ts';
import { DamagedValue, decodeDated, encodeDated } from './dated-value.ts';
import { type DatedText, keepNewer } from './keep-newer.ts';
import { openRedisConnection } from './redis-connection.ts';
import type { RedisSettings } from './redis-settings.ts';

/** The version of the values: programs with another version use other keys. */
const VERSION = 1;
/** Values in one command: it blocks the server for some hundred microseconds. */
const AT_A_TIME = 500;
/** A larger range costs the server more than the database saves. */
const MAX_CANDLE_CHARACTERS = 512 * 1_024;

const shownSchema = z.strictObject({ tick: tickSchema, recent: quoteStateSchema.shape.recent });
const tokenSchema = z.string().min(1).max(1_000);

export type RedisLatestStoreOptions = {
  readonly settings: RedisSettings;
  /** The current time, by which the times of prices are checked. */
  readonly now: () => number;
  readonly random: () => number;
  readonly log: Logger;
  /** Called with the problem of Redis, or null, after every command. */
  readonly report: (problem: Problem | null) => void;
  readonly candlesKeptMs?: number;
  /** How long a command may take. */
  readonly timeoutMs?: number;
};

/**
 * The store in Redis. Keys, after the prefix and the version: `quote:<currency>:<coin>` the shown price with the recent ones,
 * `reference:<currency>:<coin>` the newest price of the reference source, `candles:<range>` and `token`. Each value has its time
 * and a checksum (`encodeDated`). Any other value is ignored, deleted and logged.
 */
export function openRedisLatestStore(options: RedisLatestStoreOptions): LatestStore {
  const { settings, now, log, candlesKeptMs = CANDLES_KEPT_MS } = options;
  const connection = openRedisConnection(options);
  const keyOf = (...names: readonly string[]): string => [settings.prefix, VERSION, ...names].join(':');
  const latestAt = (): number => now() + AHEAD_MS;

  /** Deletes values that this program cannot have written. */
  const drop = async (damaged: readonly Damaged[]): Promise<void> => {
    const [first] = damaged;
    if (first === undefined) return;
    log.warn(
      { keys: damaged.length, key: first.key, reason: first.reason },
      'values in Redis are not those of this program, and were deleted',
    );
    await connection.query((client) => client.unlink(damaged.map(({ key }) => key)));
  };

  /** The values of keys, decoded by `read`; null for a missing or invalid value. */
  const read = async <T>(keys: readonly string[], readValue: Reader<T>): Promise<readonly (T | null)[]> => {
    const damaged: Damaged[] = [];
    const found: (T | null)[] = [];
    for (let from = 0; from < keys.length; from += AT_A_TIME) {
      const some = keys.slice(from, from + AT_A_TIME);
      const texts = await connection.query((client) => client.mGet(some));
      for (const [index, key] of some.entries()) {
        const text = texts?.[index] ?? null;
        try {
          found.push(text === null ? null : readValue(decodeDated(text), from + index));
        } catch (cause) {
          if (!(cause instanceof DamagedValue || cause instanceof z.ZodError)) throw cause;
          found.push(null);
          damaged.push({
            key,
            reason: cause instanceof DamagedValue ? cause.message : 'it has another format',
          });
        }
      }
    }
    await drop(damaged);
    return found;
  };

  const datedTextsOf = (vsCurrency: string, { coinId, state }: KeptQuote): readonly DatedText[] => {
    const { tick, reference, recent } = state;
    return [
      ...(tick === null
        ? []
        : [datedText(keyOf('quote', vsCurrency, coinId), tick.observedAt, { tick, recent })]),
      ...(reference === null
        ? []
        : [datedText(keyOf('reference', vsCurrency, coinId), reference.observedAt, reference)]),
    ];
  };

  return {
    async keepQuotes(vsCurrency, quotes) {
      const values = quotes.flatMap((quote) => datedTextsOf(vsCurrency, quote));
      for (let from = 0; from < values.length; from += AT_A_TIME) {
        const some = values.slice(from, from + AT_A_TIME);
        const replaced = await connection.query((client) =>
          keepNewer(client, some, { keptMs: QUOTES_KEPT_MS, latestAt: latestAt() }),
        );
        if (replaced === null) return;
        if (replaced > 0)
          log.warn({ keys: replaced }, 'values in Redis were not those of this program, and were replaced');
      }
    },
    async quotes(vsCurrency, coinIds) {
      const isOf = (tick: { readonly coinId: string; readonly vsCurrency: string }, index: number): boolean =>
        tick.coinId === coinIds[index] && tick.vsCurrency === vsCurrency;
      const check = (at: number, tick: z.infer<typeof tickSchema>, index: number): void => {
        if (at !== tick.observedAt || !isOf(tick, index))
          throw new DamagedValue('it is of another coin or time');
        if (at > latestAt()) throw new DamagedValue('its time is in the future');
      };
      const shown = await read(
        coinIds.map((coinId) => keyOf('quote', vsCurrency, coinId)),
        ({ at, value }, index) => {
          const quote = shownSchema.parse(value);
          check(at, quote.tick, index);
          return quote;
        },
      );
      const references = await read(
        coinIds.map((coinId) => keyOf('reference', vsCurrency, coinId)),
        ({ at, value }, index) => {
          const tick = tickSchema.parse(value);
          check(at, tick, index);
          return tick;
        },
      );
      const found = coinIds.flatMap((coinId, index): [string, QuoteState][] => {
        const [quote, reference] = [shown[index] ?? null, references[index] ?? null];
        if (quote === null && reference === null) return [];
        return [[coinId, { tick: quote?.tick ?? null, recent: quote?.recent ?? [], reference }]];
      });
      return new Map(found);
    },
    async keepCandles(key, { asOf, series }) {
      const text = encodeDated(asOf, series);
      if (text.length > MAX_CANDLE_CHARACTERS) return;
      await connection.query((client) =>
        client.set(keyOf('candles', nameOf(key)), text, { expiration: { type: 'PX', value: candlesKeptMs } }),
      );
    },
    async candles(key) {
      const [found = null] = await read<DatedCandles>([keyOf('candles', nameOf(key))], ({ at, value }) => {
        const series = candleSeriesSchema.parse(value);
        const { coinId, vsCurrency, interval } = series;
        if (coinId !== key.coinId || vsCurrency !== key.vsCurrency || interval !== key.interval)
          throw new DamagedValue('it is of other candles');
        return { asOf: at, series };
      });
      return found;
    },
    async sharedToken(own) {
      const key = keyOf('token');
      const readToken = async (): Promise<string | null> =>
        (await read([key], ({ value }) => tokenSchema.parse(value)))[0] ?? null;
      const held = await readToken();
      if (held !== null) return held;
      const offer = encodeDated(0, own);
      const isFirst = await connection.query((client) => client.set(key, offer, { condition: 'NX' }));
      if (isFirst === 'OK') return own;
      const ofAnother = await readToken();
      if (ofAnother !== null) return ofAnother;
      // The key holds a value that is not text, or Redis is unavailable.
      const isSet = await connection.query((client) => client.set(key, offer));
      if (isSet === null) return null;
      log.warn({ key }, 'a value in Redis was not that of this program, and was replaced');
      return own;
    },
    async close() {
      connection.close();
    },
  };
}

type Damaged = { readonly key: string; readonly reason: string };
type Reader<T> = (dated: ReturnType<typeof decodeDated>, index: number) => T;

const datedText = (key: string, at: number, value: unknown): DatedText => ({
  key,
  at,
  text: encodeDated(at, value),
});
