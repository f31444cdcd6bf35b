import { createTurns } from '../../async/in-turn.ts';
import type { LogBatch } from '../../log/tick-log.ts';
import type { Session } from '../connection/session.ts';
import type { Partitions } from '../partitions/keep-partitions.ts';
import { createSeriesIds } from '../series/series-ids.ts';
import { createBatch, type PreparedBatch } from './prepare-batch.ts';
import { OtherDatabase, writeBatch } from './write-batch.ts';
import { createWriteTurns, type RunTransaction } from './write-turns.ts';

/** Lets a transaction include batches that arrive while its ticks are copied; see `Growth` of the log's consumer. */
export type WriteGrowth<T extends LogBatch> = {
  more(until: Promise<unknown>): Promise<readonly T[]>;
  end(): void;
};

/** Writes batches of the log, each call in a transaction. Several may run at a time, see `createWriteTurns`. */
export type TickWriter = {
  write<T extends LogBatch>(batches: readonly T[], growth?: WriteGrowth<T>): Promise<void>;
};

export type TickWriterOptions = {
  /** Runs a transaction when there is a connection. */
  readonly run: RunTransaction;
  readonly session: () => Session | null;
  readonly partitions: Pick<Partitions, 'ensure' | 'forget'>;
  /** See `writeBatch`. */
  readonly unmovedUntil: () => number;
};

export function createTickWriter(options: TickWriterOptions): TickWriter {
  const { run, session, partitions, unmovedUntil } = options;
  const series = createSeriesIds(run);
  const runInTurn = createWriteTurns(run);
  /** Loads one at a time, so that each series is loaded once. */
  const loadInTurn = createTurns();
  let current: Session | null = null;

  const forget = (): void => {
    series.forget();
    partitions.forget();
  };

  /** Looks up or creates the series of the ticks. */
  const load = async (batches: readonly LogBatch[]): Promise<void> => {
    const ticks = batches.map((batch) => batch.ticks);
    for (;;) {
      if (session() !== current) {
        current = session();
        forget();
      }
      const loadedFor = current;
      await series.load(...ticks);
      // Loading waits for the database, which may be a different one afterwards.
      if (session() === loadedFor) return;
    }
  };

  /** Adds batches, creates the partitions of their ticks, and returns the rows of the ticks. */
  const addTo = async (batch: PreparedBatch, batches: readonly LogBatch[]): Promise<Buffer> => {
    await loadInTurn(() => load(batches));
    const before = batch.ticks.length;
    const rows = await batch.add(batches);
    const [first, last] = [batch.ticks[before], batch.ticks.at(-1)];
    if (first !== undefined && last !== undefined) await partitions.ensure(first.observedAt, last.observedAt);
    return rows;
  };

  return {
    async write(batches, growth) {
      const batch = createBatch(series);
      const rows = await addTo(batch, batches);
      const more = async (until: Promise<unknown>): Promise<Buffer | null> => {
        const added = (await growth?.more(until)) ?? [];
        return added.length === 0 ? null : addTo(batch, added);
      };
      const movedFrom = unmovedUntil();
      // Ticks that follow may be in the table of an earlier version.
      if (movedFrom !== Number.NEGATIVE_INFINITY) growth?.end();
      try {
        await writeBatch(runInTurn, batch, rows, movedFrom, { more, end: () => growth?.end() });
      } catch (error) {
        if (error instanceof OtherDatabase) forget();
        // A partition may have been dropped by hand.
        partitions.forget();
        throw error;
      }
    },
  };
}
