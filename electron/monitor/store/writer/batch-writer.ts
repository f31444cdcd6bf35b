import { DatabaseError } from 'pg';
import type { LogBatch } from '../../log/tick-log.ts';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import type { TickWriter, WriteGrowth } from './tick-writer.ts';

const RETRY = { baseMs: 100, capMs: 30_000 };

export type BatchWriterOptions<T extends LogBatch> = {
  readonly writer: TickWriter;
  /** Stores a batch that the database can never accept as a dead letter. */
  readonly keepDeadLetter: (batch: T, error: DatabaseError) => Promise<void>;
  /** The failure that is being retried, or null after a success. */
  readonly onFailure: (error: Error | null) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random: () => number;
  /** Ends retrying when the program stops. */
  readonly signal: AbortSignal;
};

export type BatchWriter<T extends LogBatch> = {
  /**
   * Writes batches and retries until it succeeds: resolves when each is written, or has become a dead letter because of its
   * content. Rejects only with the signal's reason. Calls may overlap. The first attempt may grow by more batches, which are
   * treated in the same way.
   */
  write(batches: readonly T[], growth?: WriteGrowth<T>): Promise<void>;
};

export function createBatchWriter<T extends LogBatch>(options: BatchWriterOptions<T>): BatchWriter<T> {
  const { writer, keepDeadLetter, onFailure, clock, log, random, signal } = options;

  /** The current failure of each call. */
  const failures = new Map<readonly T[], Error>();
  const reportFailure = (batches: readonly T[], failure: Error | null): void => {
    if (failure === null) failures.delete(batches);
    else failures.set(batches, failure);
    onFailure(failures.values().next().value ?? null);
  };

  /** Resolves with null, or with the error because of which this batch can never be written. */
  const writeOrRefuse = async (
    batch: readonly T[],
    growth?: WriteGrowth<T>,
  ): Promise<DatabaseError | null> => {
    for (let delayMs = 0; ; ) {
      try {
        await writer.write(batch, growth);
        reportFailure(batch, null);
        return null;
      } catch (error) {
        growth?.end();
        signal.throwIfAborted();
        if (isRefusalOfData(error)) {
          reportFailure(batch, null);
          return error;
        }
        const failure = error instanceof Error ? error : new Error(String(error));
        reportFailure(batch, failure);
        delayMs = nextDelayMs(delayMs, RETRY, random());
        log.warn(
          { err: failure, tasks: batch.length, delayMs },
          'writing to the database failed; trying again',
        );
        await clock.sleep(delayMs, signal);
      }
    }
  };

  const keepOrWait = async (batch: T, refusal: DatabaseError): Promise<void> => {
    for (let delayMs = 0; ; ) {
      try {
        return await keepDeadLetter(batch, refusal);
      } catch (error) {
        delayMs = nextDelayMs(delayMs, RETRY, random());
        log.error({ err: error, delayMs }, 'a dead letter cannot be kept on disk; trying again');
        await clock.sleep(delayMs, signal);
      }
    }
  };

  return {
    async write(batches, growth) {
      const all = [...batches];
      const noted = growth && {
        async more(until: Promise<unknown>) {
          const added = await growth.more(until);
          all.push(...added);
          return added;
        },
        end: growth.end,
      };
      if ((await writeOrRefuse(all, noted)) === null) return;
      // Some row can never be written. One batch at a time, so that the others are.
      for (const batch of all) {
        const refusal = await writeOrRefuse([batch]);
        if (refusal === null) continue;
        log.error(
          { err: refusal, ticks: batch.ticks.length },
          'the database refuses a batch, which was moved to the dead letters',
        );
        await keepOrWait(batch, refusal);
      }
    },
  };
}

/**
 * Whether the server refuses the data itself: data exception (SQLSTATE class 22) or integrity constraint violation (23). Not a
 * unique violation: two writers may insert the same row, and a retry finds it. Nor a check violation: that is a missing
 * partition, which a retry creates.
 * Source: PostgreSQL documentation, Appendix A.
 */
function isRefusalOfData(error: unknown): error is DatabaseError {
  if (!(error instanceof DatabaseError) || error.code === undefined) return false;
  return /^2[23]/.test(error.code) && error.code !== '23505' && error.code !== '23514';
}
