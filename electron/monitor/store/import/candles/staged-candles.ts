import type { HistoryCandle } from '../../../history/history-store.ts';
import { createStaging } from '../staging/staging.ts';

/** A parsed candle with its line number. */
export type StagedCandle = HistoryCandle & { readonly line: number };

/** Parsed candles in a temporary file, until they are written to the database. */
export type StagedCandles = {
  add(candle: StagedCandle): void;
  /** The distances between consecutive candles, in milliseconds, with their counts; the most frequent first. */
  distances(): readonly { readonly lengthMs: number; readonly count: number }[];
  /** The number of candles that start at a multiple of a length. */
  alignedTo(lengthMs: number): number;
  /** All candles by time; those of the same time in the order of the input. */
  byTime(): IterableIterator<StagedCandle>;
  close(): void;
};

export function createStagedCandles(): StagedCandles {
  const staging = createStaging();
  staging.database.exec(
    'create table candles (line integer primary key, start real, open real, high real, low real, close real, volume real)',
  );
  const insert = staging.database.prepare('insert into candles values (?, ?, ?, ?, ?, ?, ?)');
  return {
    add({ line, start, open, high, low, close, volume }) {
      staging.write(() => insert.run(line, start, open, high, low, close, volume));
    },
    distances: () => [
      ...staging.read<{ lengthMs: number; count: number }>(
        `select distance as "lengthMs", count(*) as count
         from (select start - lag(start) over (order by start) as distance from candles)
         where distance > 0
         group by distance
         order by count desc, distance
         limit 10`,
      ),
    ],
    alignedTo(lengthMs) {
      const [row] = staging.read<{ count: number }>(
        `select count(*) as count from candles where start / ${lengthMs} = cast(start / ${lengthMs} as integer)`,
      );
      return row?.count ?? 0;
    },
    byTime: () =>
      staging.read<StagedCandle>(
        'select line, start, open, high, low, close, volume from candles order by start, line',
      ),
    close: staging.close,
  };
}
