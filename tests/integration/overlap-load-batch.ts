import type { LogBatch } from '../../electron/monitor/log/tick-log.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { alert, tick } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const FETCHES = 110;
const COINS = 1_000;
const POLL_MS = 7_000;

/** Ticks for more than two transactions that share their minutes and hours, with an alert in each batch. */
export function overlappingFetches(): readonly LogBatch[] {
  return Array.from({ length: FETCHES }, (_, fetch) => ({
    ticks: Array.from({ length: COINS }, (_, coin) => tickOf(fetch, coin)),
    alerts: [alert({ id: `alert-${fetch}`, observedAt: START + fetch * POLL_MS })],
  }));
}

function tickOf(fetch: number, coin: number): Tick {
  const price = 100 + ((fetch * 31 + coin) % 57);
  return tick({ coinId: `coin-${coin}`, observedAt: START + fetch * POLL_MS, price });
}
