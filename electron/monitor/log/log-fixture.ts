import type { Alert } from '../../../shared/domain/alert.ts';
import { alertOf } from '../../../shared/domain/alert-fixture.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { LogBatch } from './tick-log.ts';

export const NOW = Date.UTC(2026, 0, 1);

export const coinsOf = (batches: readonly LogBatch[]): string[] =>
  batches.map(({ ticks }) => ticks[0]?.coinId ?? '');

export const batchOf = (coinId: string, alerts: readonly Alert[] = []): LogBatch => ({
  ticks: [tick(coinId, NOW)],
  alerts,
});

export function manyTicks(count: number, coinId = 'bitcoin'): LogBatch {
  return { ticks: Array.from({ length: count }, (_, index) => tick(coinId, NOW + index)), alerts: [] };
}

export function tick(coinId: string, observedAt: number): Tick {
  return {
    coinId,
    vsCurrency: 'usd',
    observedAt,
    price: 100.25,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
    source: 'coingecko',
  };
}

export const alert = (id: string, observedAt = NOW): Alert =>
  alertOf({ id, observedAt, figures: { average: 100, changePct: 0.1 + 0.2 } });
