import { markAlerts } from '../../electron/monitor/store/reads/mark-alerts.ts';
import type { EventMessage } from '../../shared/contract/events.ts';
import type { Bridge } from '../../shared/contract/wire.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import type { Candle } from '../../shared/domain/candle.ts';
import type { Interval } from '../../shared/domain/interval.ts';
import type { Quote } from '../../shared/domain/quote.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { SourceSince } from '../../shared/domain/source-since.ts';
import { message } from '../../shared/messages/message.ts';

export type ScriptedMarket = {
  readonly now: number;
  readonly vsCurrency: string;
  /** The candles of a coin and an interval, oldest first. */
  readonly candles: (coinId: string, interval: Interval) => readonly Candle[];
  readonly coins: readonly string[];
  /** The sources of the candles of every interval. */
  readonly sources: readonly SourceSince[];
  readonly alerts: readonly Alert[];
  readonly feed: Snapshot['status']['feed'];
  readonly volumeKind: 'traded' | 'rolling-24h' | null;
  /** What requests for candles get instead of a response. */
  readonly trouble: 'none' | 'pending' | 'unavailable';
};

export type ScriptedBridge = Bridge & { emit(message: EventMessage): void };

/** A bridge to a simulated monitor in the page itself. Its market and clock stand still until a test changes them. */
export function scriptedBridge(market: ScriptedMarket): ScriptedBridge {
  const listeners = new Set<(message: EventMessage) => void>();
  const responses: Readonly<Record<string, (input: never) => unknown>> = {
    snapshot: () => snapshotOf(market),
    candles: (input: CandlesInput) => candlesOf(market, input),
    'alerts.range': ({ coinId, interval, from, to }: AlertsInput) => {
      const alerts = market.alerts.filter(
        (alert) => alert.coinId === coinId && alert.observedAt >= from && alert.observedAt < to,
      );
      return markAlerts([{ alerts, others: 0 }], interval);
    },
  };
  return {
    async request({ id, procedure, input }) {
      if (procedure === 'candles' && market.trouble === 'pending') return new Promise(() => undefined);
      if (procedure === 'candles' && market.trouble === 'unavailable') {
        return {
          id,
          ok: false,
          error: { code: 'unavailable', message: message('database.starting') },
        };
      }
      const response = responses[procedure];
      if (response === undefined) throw new Error(`No response to "${procedure}" is scripted.`);
      return { id, ok: true, output: response(input as never) };
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onConnection(listener) {
      listener(true);
      return () => undefined;
    },
    emit(message) {
      for (const listener of [...listeners]) listener(message);
    },
  };
}

type CandlesInput = {
  readonly coinId: string;
  readonly interval: Interval;
  readonly limit: number;
  readonly before?: number;
};
type AlertsInput = Pick<CandlesInput, 'coinId' | 'interval'> & { readonly from: number; readonly to: number };

function candlesOf(market: ScriptedMarket, { coinId, interval, limit, before }: CandlesInput) {
  const all = market.candles(coinId, interval);
  const end = before === undefined ? all.length : all.findIndex(({ start }) => start >= before);
  const until = end === -1 ? all.length : end;
  return {
    coinId,
    vsCurrency: market.vsCurrency,
    interval,
    volumeKind: market.volumeKind,
    candles: all.slice(Math.max(0, until - limit), until),
    sources: market.sources,
  };
}

export function quoteOf(market: ScriptedMarket, coinId: string): Quote {
  const last = market.candles(coinId, '1m').at(-1);
  return {
    coinId,
    vsCurrency: market.vsCurrency,
    price: last?.close ?? null,
    observedAt: last === undefined ? null : Math.min(market.now, last.start + 59_000),
    source: 'coingecko',
    volume24h: 1e9,
    marketCap: 1e12,
    change24hPct: 1,
    tradedTotal: 0,
    isTrade: true,
    average: last?.close ?? null,
    changeFromAveragePct: 0,
    recent: [],
    problem: null,
  };
}

function snapshotOf(market: ScriptedMarket): Snapshot {
  return {
    version: '0',
    now: market.now,
    clockSpeed: 1,
    simulated: true,
    vsCurrency: market.vsCurrency,
    pollSeconds: 60,
    alertRule: { thresholdPct: 2, windowMinutes: 5 },
    quotes: market.coins.map((coinId) => quoteOf(market, coinId)),
    status: {
      feed: market.feed,
      database: { status: 'ready', kind: 'embedded' },
      queue: { waitingTicks: 0, deadLetters: 0 },
      alertsFile: { path: 'alerts.txt', isWritten: false, error: null, waitingLines: 0 },
      problems: [],
    },
  };
}
