import type { ClientBase } from 'pg';
import { type HistoryInterval, intervalLengthMs } from '../../../../../shared/domain/interval.ts';
import type { HistoryCandle } from '../../../history/history-store.ts';
import type { ImportName } from '../checked-name.ts';

/** Reads the candles of a source in a range (both ends inclusive), by their start. */
export async function readStoredCandles(
  client: ClientBase,
  name: ImportName,
  interval: HistoryInterval,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, HistoryCandle>> {
  const { rows } = await client.query<HistoryCandle>(
    `select
       extract(epoch from bucket)::double precision * 1000 as start,
       open, high, low, close,
       case when volume_kind = 'traded' then volume end as volume
     from history_candles
     where coin_id = $1 and vs_currency = $2 and resolution_seconds = $3 and source = $4
       and bucket >= $5::timestamptz and bucket <= $6::timestamptz`,
    [
      name.coinId,
      name.vsCurrency,
      intervalLengthMs(interval) / 1_000,
      name.source,
      new Date(from).toISOString(),
      new Date(to).toISOString(),
    ],
  );
  return new Map(rows.map((candle) => [candle.start, candle]));
}
