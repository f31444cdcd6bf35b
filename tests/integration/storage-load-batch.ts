import type { LogBatch } from '../../electron/monitor/log/tick-log.ts';
import { alert, tick } from './storage-fixture.ts';

export const LOAD_COINS = 20;
const START = Date.UTC(2026, 0, 1);

/** A tick batch that its number determines: one tick of each coin, and an alert in every fifth batch. */
export function loadFetch(number: number): LogBatch {
  const observedAt = START + number * 7_000;
  return {
    ticks: Array.from({ length: LOAD_COINS }, (_, coin) =>
      tick({ coinId: `coin-${coin}`, observedAt, price: 100 + ((number * 7 + coin) % 50) }),
    ),
    alerts: number % 5 === 0 ? [alert({ id: `alert-${number}`, observedAt })] : [],
  };
}
