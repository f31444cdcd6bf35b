import type { LogBatch } from '../../log/tick-log.ts';
import type { Session } from '../connection/session.ts';
import type { Partitions } from '../partitions/keep-partitions.ts';
import { createSeriesIds } from '../series/series-ids.ts';
import { type PreparedBatch, prepareBatch } from './prepare-batch.ts';
import { OtherDatabase, type RunTransaction, writeBatch } from './write-batch.ts';

/** Writes batches of the log, each in a transaction. */
export type TickWriter = {
  /** Makes a batch ready, while another one is written. The series of its ticks are looked up, or made. */
  prepare(batches: readonly LogBatch[]): Promise<PreparedBatch>;
  write(batches: readonly LogBatch[], prepared: PreparedBatch): Promise<void>;
};

export type TickWriterOptions = {
  /** Waits until there is a connection. */
  readonly run: RunTransaction;
  readonly session: () => Session | null;
  readonly partitions: Pick<Partitions, 'ensure' | 'forget'>;
  /** See `writeBatch`. */
  readonly unmovedUntil: () => number;
};

export function createTickWriter(options: TickWriterOptions): TickWriter {
  const { run, session, partitions, unmovedUntil } = options;
  const series = createSeriesIds(run);
  const preparedIn = new WeakMap<PreparedBatch, Session | null>();
  let current: Session | null = null;

  const forget = (): void => {
    series.forget();
    partitions.forget();
  };

  const prepare: TickWriter['prepare'] = async (batches) => {
    if (session() !== current) {
      current = session();
      forget();
    }
    const preparedFor = current;
    await series.load(batches.flatMap(({ ticks }) => ticks));
    const prepared = await prepareBatch(batches, series);
    preparedIn.set(prepared, preparedFor);
    return prepared;
  };

  return {
    prepare,
    async write(batches, given) {
      const isCurrent = session() !== null && preparedIn.get(given) === session();
      const prepared = isCurrent ? given : await prepare(batches);
      const [first, last] = [prepared.ticks.at(0), prepared.ticks.at(-1)];
      if (first !== undefined && last !== undefined)
        await partitions.ensure(first.tick.observedAt, last.tick.observedAt);

      try {
        await writeBatch(run, prepared, unmovedUntil());
      } catch (error) {
        preparedIn.delete(prepared);
        if (error instanceof OtherDatabase) forget();
        // One may have been dropped by hand.
        partitions.forget();
        throw error;
      }
    },
  };
}
