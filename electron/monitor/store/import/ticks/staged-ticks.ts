import type { StatementSync } from 'node:sqlite';
import { createStaging, type Staging } from '../staging/staging.ts';

/** A parsed tick. */
export type StagedTick = {
  readonly line: number;
  /** In microseconds since the epoch. */
  readonly at: number;
  readonly price: number;
  readonly amount: number | null;
  readonly volume24h: number | null;
  readonly marketCap: number | null;
  /** The number of its source, see `ImportedSources`. */
  readonly source: number;
  /** The exchange's id of the trade. */
  readonly id: number | string | null;
};

/** Parsed ticks in a temporary file, until they are written to the database. */
export type StagedTicks = {
  add(tick: StagedTick): void;
  /**
   * All ticks by time. Those with the same time are in the order of the exchange's ids or, without ids, in that of the input,
   * which is reversed if its last line is the oldest.
   */
  byTime(): IterableIterator<StagedTick>;
  /** Whether no time has a fraction of a second, as with exchanges whose times are in seconds. */
  areWholeSeconds(): boolean;
  close(): void;
};

export function createStagedTicks(): StagedTicks {
  const staging: Staging = createStaging();
  staging.database.exec(
    `create table ticks (
      line integer primary key, at integer, price real, amount real, volume_24h real, market_cap real, source integer, id
    )`,
  );
  const insert: StatementSync = staging.database.prepare('insert into ticks values (?, ?, ?, ?, ?, ?, ?, ?)');
  let last: StagedTick | null = null;
  let isSorted = true;
  let isReversed = true;
  let hasIds = false;
  let areWholeSeconds = true;
  return {
    add(tick) {
      const { line, at, price, amount, volume24h, marketCap, source, id } = tick;
      staging.write(() => insert.run(line, at, price, amount, volume24h, marketCap, source, id));
      if (last !== null && at < last.at) isSorted = false;
      if (last !== null && at > last.at) isReversed = false;
      if (id !== null) hasIds = true;
      if (at % 1e6 !== 0) areWholeSeconds = false;
      last = tick;
    },
    byTime() {
      const order = hasIds ? 'at, id, line' : isSorted ? 'line' : isReversed ? 'at, line desc' : 'at, line';
      return staging.read<StagedTick>(
        `select line, at, price, amount, volume_24h as "volume24h", market_cap as "marketCap", source, id
         from ticks order by ${order}`,
      );
    },
    areWholeSeconds: () => areWholeSeconds,
    close: staging.close,
  };
}
