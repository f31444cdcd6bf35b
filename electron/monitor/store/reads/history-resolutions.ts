import type { ClientBase } from 'pg';
import { intervalLengthMs } from '../../../../shared/domain/interval.ts';
import type { CandleQuery } from './queries.ts';

/**
 * The lengths, in seconds, of a coin's historical candles from which candles of the interval can be composed. The index is
 * skipped through from one length to the next, so the cost does not depend on the number of candles.
 */
export async function readHistoryResolutions(
  client: ClientBase,
  { coinId, vsCurrency, interval }: Pick<CandleQuery, 'coinId' | 'vsCurrency' | 'interval'>,
): Promise<readonly number[]> {
  const { rows } = await client.query<{ seconds: number }>(RESOLUTIONS, [coinId, vsCurrency]);
  return rows
    .map(({ seconds }) => seconds)
    .filter((seconds) => intervalLengthMs(interval) % (seconds * 1_000) === 0);
}

const RESOLUTIONS = `
  with recursive found (seconds) as (
    select min(resolution_seconds) from history_candles where coin_id = $1 and vs_currency = $2
    union all
    select (
      select min(resolution_seconds) from history_candles
      where coin_id = $1 and vs_currency = $2 and resolution_seconds > found.seconds
    )
    from found where found.seconds is not null
  )
  select seconds from found where seconds is not null`;
