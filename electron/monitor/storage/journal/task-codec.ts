import type { Alert, Tick } from '../../../../shared/domain.ts';
import type { AcceptedFetch } from '../storage.ts';

type TickTuple = [
  coinId: string,
  observedAt: number,
  price: number,
  volume24h: number | null,
  marketCap: number | null,
  change24hPct: number | null,
  /** Left out by prices that are no trades, as by every line that a version wrote that knew no amounts. */
  amount?: number,
];
type TickGroup = [vsCurrency: string, source: string, ticks: TickTuple[]];
type EncodedFetch = [groups: TickGroup[], alerts: readonly Alert[]];

/**
 * A fetch as one line of JSON. Ticks are tuples under their currency and source, which all ticks of an answer share:
 * about a third of the size of the same objects, and as much faster to write and read.
 */
export function encodeFetch(fetch: AcceptedFetch): string {
  const groups: TickGroup[] = [];
  let current: TickGroup | undefined;
  for (const tick of fetch.ticks) {
    if (current === undefined || current[0] !== tick.vsCurrency || current[1] !== tick.source) {
      current = [tick.vsCurrency, tick.source, []];
      groups.push(current);
    }
    const tuple: TickTuple = [
      tick.coinId,
      tick.observedAt,
      tick.price,
      tick.volume24h,
      tick.marketCap,
      tick.change24hPct,
    ];
    if (tick.amount !== null) tuple.push(tick.amount);
    current[2].push(tuple);
  }
  return JSON.stringify([groups, fetch.alerts] satisfies EncodedFetch);
}

/** Reads what `encodeFetch` wrote, also that of earlier versions, in the same order. */
export function decodeFetch(json: string): AcceptedFetch {
  const [groups, alerts] = JSON.parse(json) as EncodedFetch;
  const ticks: Tick[] = [];
  for (const [vsCurrency, source, tuples] of groups) {
    for (const [coinId, observedAt, price, volume24h, marketCap, change24hPct, amount = null] of tuples) {
      ticks.push({
        coinId,
        vsCurrency,
        observedAt,
        price,
        volume24h,
        amount,
        marketCap,
        change24hPct,
        source,
      });
    }
  }
  return { ticks, alerts };
}
