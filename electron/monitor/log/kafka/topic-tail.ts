import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { DamagedRecord } from '../damaged-record.ts';
import type { LogRecord } from '../tick-log.ts';
import {
  AT_ONCE,
  createPositionFetcher,
  type FetchWait,
  type Position,
  type PositionFetcher,
  type TopicPartition,
} from './fetch-records.ts';
import { type KafkaClients, type KafkaConnection, openFetcher } from './kafka-clients.ts';
import { decodeRecord, type FetchedRecord, isCopy } from './kafka-record.ts';
import { boundsOf } from './offsets.ts';

const FETCH_BYTES = 1_048_576;
const RETRY = { baseMs: 250, capMs: 5_000 };

/** Records of one partition, in order, with their offsets. */
export type TailListener = (at: TopicPartition, records: readonly LogRecord[]) => void;

export type TopicTailOptions = {
  readonly connection: KafkaConnection;
  readonly clients: Pick<KafkaClients, 'admin'>;
  readonly partitions: readonly TopicPartition[];
  /** What a broker waits for before it responds; until it has any record if absent. */
  readonly wait?: FetchWait;
  /** The offset to start from; called once for each partition. */
  readonly beginAt: (at: TopicPartition) => Promise<number>;
  readonly onRecords: TailListener;
  /** Called once, when everything that was there at the start has been read. */
  readonly onCaughtUp: () => void;
  /**
   * Called with the error of reading the brokers and the time of the next attempt (real time), and with null when they can be
   * read.
   */
  readonly onFailure: (failure: { readonly error: Error; readonly retryAt: number } | null) => void;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
};

/**
 * Follows partitions to their ends and beyond, without a consumer group: every process that does so sees all records. After a
 * failure it continues where it stopped. Records that cannot be decoded are skipped; the consumers that apply records store them
 * as dead letters. Copies for the rules are skipped, too.
 */
export function followTopics(options: TopicTailOptions): { close(): Promise<void> } {
  const { connection, clients, partitions, beginAt, onRecords, onCaughtUp, onFailure, clock, random, log } =
    options;
  const limit = { ...(options.wait ?? AT_ONCE), maxBytes: FETCH_BYTES };
  const stopping = new AbortController();
  const { signal } = stopping;
  const positions = new Map<string, Position>();
  /** The end of each partition when the reading started, until it has been read. */
  let ends: Map<string, number> | null = null;

  const decoded = (at: Position, records: readonly FetchedRecord[]): readonly LogRecord[] =>
    records.flatMap((record) => {
      if (isCopy(record)) return [];
      try {
        return [decodeRecord(record)];
      } catch (cause) {
        if (!(cause instanceof DamagedRecord)) throw cause;
        log.warn({ ...at, offset: record.offset, err: cause }, 'a record is damaged and was skipped');
        return [];
      }
    });

  /** At the start, and after a failure: skips records that were deleted meanwhile. */
  const updatePositions = async (): Promise<void> => {
    const newEnds = new Map<string, number>();
    await Promise.all(
      partitions.map(async (at) => {
        const known = positions.get(nameOf(at));
        const wanted = known?.offset ?? (await beginAt(at));
        const [first, end] = await boundsOf(clients, at);
        // A topic that was recreated starts again.
        const offset = wanted > end ? first : Math.max(wanted, first);
        positions.set(nameOf(at), { ...at, offset });
        newEnds.set(nameOf(at), end);
      }),
    );
    ends ??= newEnds;
  };

  let hasCaughtUp = false;
  const noteProgress = (): void => {
    if (hasCaughtUp || ends === null) return;
    hasCaughtUp = [...ends].every(([name, end]) => (positions.get(name)?.offset ?? 0) >= end);
    if (hasCaughtUp) onCaughtUp();
  };

  const readOn = async (fetching: PositionFetcher): Promise<void> => {
    const { fetched } = await fetching.next([...positions.values()]);
    for (const { at, records, nextOffset, damage } of fetched) {
      if (damage !== null) log.warn({ ...at, reason: damage }, 'a batch cannot be read and was skipped');
      positions.set(nameOf(at), { ...at, offset: Math.max(at.offset, nextOffset) });
      const own = decoded(at, records);
      if (own.length > 0) onRecords(at, own);
    }
    noteProgress();
  };

  const run = async (): Promise<void> => {
    for (let delayMs = 0; !signal.aborted; ) {
      const fetcher = openFetcher(connection, true);
      try {
        await updatePositions();
        noteProgress();
        const fetching = createPositionFetcher({ fetcher }, limit);
        while (!signal.aborted) {
          await readOn(fetching);
          if (delayMs > 0) log.info('the topics can be read again');
          delayMs = 0;
          onFailure(null);
        }
      } catch (cause) {
        if (signal.aborted) break;
        const error = cause instanceof Error ? cause : new Error(String(cause));
        delayMs = nextDelayMs(delayMs, RETRY, random());
        log.error({ err: error, delayMs }, 'the topics cannot be read; trying again');
        onFailure({ error, retryAt: clock.now() + delayMs });
      } finally {
        // The connection may be what is broken.
        await fetcher.close(true).catch(() => undefined);
      }
      if (!signal.aborted) await clock.sleep(delayMs, signal).catch(() => undefined); // aborted: the loop ends
    }
  };
  const running = run();

  return {
    async close() {
      stopping.abort();
      await running;
    },
  };
}

const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
