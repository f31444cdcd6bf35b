import { z } from 'zod';
import type { Alert } from '../../../shared/domain/alert.ts';
import { storedAlertSchema } from '../../../shared/domain/stored-alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { DamagedRecord } from './damaged-record.ts';
import type { LogBatch } from './tick-log.ts';

type TickTuple = [
  coinId: string,
  observedAt: number,
  price: number,
  volume24h: number | null,
  marketCap: number | null,
  change24hPct: number | null,
  /** Absent for prices that are not trades, and in records of versions that had no amounts. */
  amount?: number,
];
type TickGroup = [vsCurrency: string, source: string, ticks: TickTuple[]];
type EncodedBatch = [groups: TickGroup[], alerts: readonly Alert[]];

/**
 * Encodes a batch as one line of JSON. Ticks are tuples grouped by currency and source: about a third of the size of
 * the same objects, and three times as fast to write and read.
 */
export function encodeBatch(batch: LogBatch): string {
  const groups: TickGroup[] = [];
  let current: TickGroup | undefined;
  for (const tick of batch.ticks) {
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
  return JSON.stringify([groups, batch.alerts] satisfies EncodedBatch);
}

/** Whether the batch survives encoding as JSON: a NaN would not. Checked without a schema, because each alert waits for it. */
export function canBeEncoded({ ticks, alerts }: LogBatch): boolean {
  return ticks.every(isTick) && alerts.every(hasFiniteNumbers);
}

function hasFiniteNumbers(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value !== 'object' || value === null || Object.values(value).every(hasFiniteNumbers);
}

/**
 * Decodes the output of `encodeBatch`, including that of earlier versions, in the same order.
 *
 * @throws DamagedRecord when it is anything else
 */
export function decodeBatch(json: string): LogBatch {
  const [groups, alerts] = parse(json);
  const ticks: Tick[] = [];
  for (const [vsCurrency, source, tuples] of groups) {
    if (!isName(vsCurrency) || !isName(source)) throw new DamagedRecord('it contains a group without a name');
    for (const [coinId, observedAt, price, volume24h, marketCap, change24hPct, amount = null] of tuples) {
      const tick: Tick = {
        coinId,
        vsCurrency,
        observedAt,
        price,
        volume24h,
        amount,
        marketCap,
        change24hPct,
        source,
      };
      if (!isTick(tick)) throw new DamagedRecord('it contains an invalid tick');
      ticks.push(tick);
    }
  }
  return { ticks, alerts };
}

const alertsSchema = z.array(storedAlertSchema);

/**
 * Parses the outline of a batch; the caller checks the fields of ticks. The lists of ticks are checked without a schema, which
 * would take ten times as long for half a million ticks.
 */
function parse(json: string): EncodedBatch {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw new DamagedRecord('it is not JSON', { cause });
  }
  if (!isOutline(value)) throw new DamagedRecord('it is not a batch');
  const { success, data, error } = alertsSchema.safeParse(value[1]);
  if (!success) throw new DamagedRecord('it is not a batch', { cause: error });
  return [value[0], data];
}

function isOutline(value: unknown): value is [TickGroup[], unknown] {
  return (
    Array.isArray(value) && value.length === 2 && Array.isArray(value[0]) && value[0].every(isGroupOutline)
  );
}

function isGroupOutline(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length === 3 && Array.isArray(value[2]) && value[2].every(Array.isArray)
  );
}

/** Whether all values are valid for a tick; NaN, for example, is not. */
export function isTick(tick: Tick): boolean {
  return (
    isName(tick.coinId) &&
    Number.isSafeInteger(tick.observedAt) &&
    Number.isFinite(tick.price) &&
    isFigure(tick.volume24h) &&
    isFigure(tick.amount) &&
    isFigure(tick.marketCap) &&
    isFigure(tick.change24hPct)
  );
}

function isName(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isFigure(value: unknown): boolean {
  return value === null || Number.isFinite(value);
}
