import type { Alert } from '../../shared/domain/alert.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import { bucketStart, type Interval, intervalLengthMs } from '../../shared/domain/interval.ts';
import type { SourceSince } from '../../shared/domain/source-since.ts';
import { message } from '../../shared/messages/message.ts';
import type { ScriptedMarket } from './scripted-bridge.ts';
import { seededCandles, seededRandom } from './seeded-candles.ts';

/** The time at which the market's clock stands still, in the middle of a minute. */
export const NOW = Date.UTC(2026, 5, 12, 12, 0, 30);

const COINS: readonly string[] = ['bitcoin', 'ethereum', 'zcash', 'dogecoin'];
const LOADED = 1_400;
const HOUR_MS = 3_600_000;

export type PageOptions = {
  /** One of the possible states of a chart. */
  readonly state: string;
  /** The initial price of the first coin. */
  readonly price: number;
  readonly volume: string;
};

/** A deterministic market that puts a chart into one of its possible states. */
export function marketOf({ state, price, volume }: PageOptions): ScriptedMarket {
  const made = new Map<string, readonly Candle[]>();
  const candles = (coinId: string, interval: Interval): readonly Candle[] => {
    const key = `${coinId} ${interval}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const intervalMs = intervalLengthMs(interval);
    const index = Math.max(0, COINS.indexOf(coinId));
    const all = seededCandles({
      count: state === 'begin' ? 40 : state === 'young' ? 1 : interval === '1w' ? LOADED / 7 : LOADED,
      intervalMs,
      lastStart: bucketStart(NOW, interval),
      price: index === 0 ? price : price / 30 ** index,
      seed: index + 1,
    });
    const shown =
      state === 'empty' ? [] : all.flatMap((candle, at) => inState(state, candle, all.length - at));
    made.set(key, shown);
    return shown;
  };
  return {
    now: NOW,
    vsCurrency: 'usd',
    coins: COINS,
    sources: sourcesIn(state),
    candles,
    alerts:
      state === 'alerts'
        ? seededAlerts(candles('bitcoin', '1m'))
        : state === 'crowd'
          ? crowdedAlerts(candles('bitcoin', '1m'))
          : [],
    feed:
      state === 'stale'
        ? { status: 'stale', since: NOW - HOUR_MS, lastSuccessAt: NOW }
        : state === 'offline'
          ? {
              status: 'offline',
              since: NOW - HOUR_MS,
              retryAt: NOW + 30_000,
              error: message('database.starting'),
            }
          : { status: 'live', lastSuccessAt: NOW },
    volumeKind: volume === 'none' ? null : volume === 'rolling' ? 'rolling-24h' : 'traded',
    trouble: state === 'loading' ? 'pending' : state === 'unavailable' ? 'unavailable' : 'none',
  };
}

/** A candle as it is in a state, `age` candles before the newest; empty if it is missing in that state. */
function inState(state: string, candle: Candle, age: number): readonly Candle[] {
  if (state === 'gap' && age > 20 && age < 45) return [];
  if ((state === 'stale' || state === 'offline') && age < 30) return [];
  if (state === 'history' && age > 50) return [{ ...candle, tickCount: 0 }];
  if (state === 'rise') return [grown(candle, age)];
  return [candle];
}

/** Prices that grow by 3% with each candle, which are a straight line only on a logarithmic axis. */
function grown(candle: Candle, age: number): Candle {
  const factor = 1.03 ** -age;
  const { open, high, low, close } = candle;
  return { ...candle, open: open * factor, high: high * factor, low: low * factor, close: close * factor };
}

/** The sources of candles: in one state, prices were polled until an hour ago; in another, the exchange was often unavailable. */
function sourcesIn(state: string): readonly SourceSince[] {
  const hourAgo = bucketStart(NOW - HOUR_MS, '1m');
  const before = { since: 0, source: 'coingecko' };
  if (state === 'sources') return [before, { since: hourAgo, source: 'kraken' }];
  if (state !== 'flapping') return [before];
  const changes = Array.from({ length: 9 }, (_, nth) => ({
    since: hourAgo + nth * 5 * 60_000,
    source: nth % 2 === 0 ? 'kraken' : 'coingecko',
  }));
  return [before, ...changes];
}

/** Alerts of several rules in the same candle. One rule fires often, and one has a kind without directions. */
function crowdedAlerts(candles: readonly Candle[]): readonly Alert[] {
  const candle = candles.at(-40);
  if (candle === undefined) return [];
  const often = Array.from({ length: 6 }, (_, nth) => alertIn(candle, 'moving-average', 5 + nth, 2.4));
  return [
    ...often,
    alertIn(candle, 'level', 12, 1),
    alertIn(candle, 'volume', 13, null),
    alertIn(candle, 'band', 20, -1.2),
  ];
}

function alertIn(candle: Candle, rule: string, second: number, changePct: number | null): Alert {
  return {
    id: `${rule}-${second}`,
    rule,
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    direction: changePct === null ? null : changePct > 0 ? 'up' : 'down',
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt: candle.start + second * 1_000,
    price: candle.close,
    figures: changePct === null ? {} : { average: candle.open, changePct },
  };
}

function seededAlerts(candles: readonly Candle[]): readonly Alert[] {
  const random = seededRandom(99);
  return candles.slice(-150).flatMap((candle, index) => {
    const isDense = index > 100 && index < 110;
    if (!isDense && random() > 0.06) return [];
    const changePct = random() > 0.5 ? 2.4 : -2.4;
    return [
      {
        id: `alert-${candle.start}`,
        rule: 'moving-average',
        kind: 'moving-average',
        params: { thresholdPct: 2, windowMinutes: 5 },
        severity: 'warning' as const,
        direction: changePct > 0 ? ('up' as const) : ('down' as const),
        coinId: 'bitcoin',
        vsCurrency: 'usd',
        source: 'coingecko',
        observedAt: candle.start + 20_000,
        price: candle.close,
        figures: { average: candle.open, changePct },
      },
    ];
  });
}
