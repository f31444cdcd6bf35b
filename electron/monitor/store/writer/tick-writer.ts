import type { LogBatch } from '../../log/tick-log.ts';
import type { Session } from '../connection/session.ts';
import type { Partitions } from '../partitions/keep-partitions.ts';
import { createSeriesIds } from '../series/series-ids.ts';
import { fillDueHours } from './fill-hours.ts';
import { type PreparedBatch, prepareBatch } from './prepare-batch.ts';
import { lockCandles, OtherDatabase, type RunTransaction, writeBatch } from './write-batch.ts';

/** While a long queue is written, hours and days of charts are at most so old. */
const FILL_EVERY_MS = 5_000;
/** More hours than this are computed in transactions of their own. */
const MOST_HOURS_IN_LINE = 5_000;

/** Writes batches of the log, each in a transaction. */
export type TickWriter = {
  /** Makes a batch ready, while another one is written. The series of its ticks are looked up, or made. */
  prepare(batches: readonly LogBatch[]): Promise<PreparedBatch>;
  /** @param isLast whether nothing waits behind it: hours and days are then computed, too */
  write(batches: readonly LogBatch[], prepared: PreparedBatch, isLast: boolean): Promise<void>;
};

export type TickWriterOptions = {
  /** Waits until there is a connection. */
  readonly run: RunTransaction;
  readonly session: () => Session | null;
  readonly partitions: Pick<Partitions, 'ensure' | 'forget'>;
  /** See `WriteOptions`. */
  readonly unmovedUntil: () => number;
  /** Milliseconds that only go up. */
  readonly monotonicMs: () => number;
};

export function createTickWriter(options: TickWriterOptions): TickWriter {
  const { run, session, partitions, unmovedUntil, monotonicMs } = options;
  const series = createSeriesIds(run);
  const preparedIn = new WeakMap<PreparedBatch, Session | null>();
  let current: Session | null = null;
  /** Hours may be noted as due: by an earlier run, or in this one. */
  let hasDue = true;
  let filledAt = Number.NEGATIVE_INFINITY;

  const forget = (): void => {
    series.forget();
    partitions.forget();
    hasDue = true;
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

  const fillAllDue = async (): Promise<void> => {
    const fillSome = (): Promise<boolean> =>
      run(async (client) => {
        await lockCandles(client);
        return fillDueHours(client);
      });
    while (await fillSome());
    hasDue = false;
  };

  return {
    prepare,
    async write(batches, given, isLast) {
      const isCurrent = session() !== null && preparedIn.get(given) === session();
      const prepared = isCurrent ? given : await prepare(batches);
      const [first, last] = [prepared.ticks.at(0), prepared.ticks.at(-1)];
      if (first !== undefined && last !== undefined)
        await partitions.ensure(first.tick.observedAt, last.tick.observedAt);

      const fills = isLast || monotonicMs() - filledAt >= FILL_EVERY_MS;
      const fillsInLine = fills && prepared.hours.length <= MOST_HOURS_IN_LINE;
      // Before the last batch, so that hours are complete as soon as nothing waits any more.
      if (fills && hasDue) await fillAllDue();
      // Before it is committed: when the connection breaks, nobody knows whether it was.
      if (!fillsInLine) hasDue = true;
      try {
        await writeBatch(run, prepared, { fillsHours: fillsInLine, unmovedUntil: unmovedUntil() });
      } catch (error) {
        preparedIn.delete(prepared);
        if (error instanceof OtherDatabase) forget();
        // Somebody may have dropped one.
        partitions.forget();
        throw error;
      }
      if (fills && hasDue) await fillAllDue();
      if (fills) filledAt = monotonicMs();
    },
  };
}
