import { createTurns } from '../../async/in-turn.ts';
import type { LogBatch } from '../../log/tick-log.ts';
import type { Session } from '../connection/session.ts';
import type { Partitions } from '../partitions/keep-partitions.ts';
import { createSeriesIds } from '../series/series-ids.ts';
import { type PreparedBatch, prepareBatch } from './prepare-batch.ts';
import { OtherDatabase, writeBatch } from './write-batch.ts';
import { createWriteTurns, type RunTransaction } from './write-turns.ts';

/** Writes batches of the log, one transaction per call. Several calls may run at a time, see `createWriteTurns`. */
export type TickWriter = { write(batches: readonly LogBatch[]): Promise<void> };

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
  /** One at a time, because a batch requires the newest minute of the batches before it. */
  const prepareInTurn = createTurns();
  let current: Session | null = null;

  const forget = (): void => {
    series.forget();
    partitions.forget();
  };

  /** Looks up or creates the series of the ticks. */
  const prepare = async (batches: readonly LogBatch[]): Promise<PreparedBatch> => {
    for (;;) {
      if (session() !== current) {
        current = session();
        forget();
      }
      const preparedFor = current;
      await series.load(batches.flatMap(({ ticks }) => ticks));
      // Loading waits for the database, which may be a different one afterwards.
      if (session() === preparedFor) return prepareBatch(batches, series);
    }
  };

  return {
    async write(batches) {
      const prepared = await prepareInTurn(() => prepare(batches));
      const [first, last] = [prepared.ticks.at(0), prepared.ticks.at(-1)];
      if (first !== undefined && last !== undefined)
        await partitions.ensure(first.tick.observedAt, last.tick.observedAt);

      try {
        await writeBatch(runInTurn, prepared, unmovedUntil());
      } catch (error) {
        if (error instanceof OtherDatabase) forget();
        // A partition may have been dropped by hand.
        partitions.forget();
        throw error;
      }
    },
  };
}
