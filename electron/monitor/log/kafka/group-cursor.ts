import type { Consumer as KafkaConsumer } from '@platformatic/kafka';
import type { Logger } from '../../logging/logger.ts';
import { nextDelayMs } from '../../time/backoff.ts';
import type { Clock } from '../../time/clock.ts';
import { DamagedRecord } from '../damaged-record.ts';
import { pageOf } from '../read-rows.ts';
import { encodeBatch } from '../record-codec.ts';
import type { Lag, LogCursor, LogRecord, ReadLimit } from '../tick-log.ts';
import { createDeadLetterTopic, type DeadLetterTopic } from './dead-letter-topic.ts';
import {
  AT_ONCE,
  createPositionFetcher,
  type FetchedPositions,
  type FetchWait,
  type Position,
  type TopicPartition,
} from './fetch-records.ts';
import { followLag } from './follow-lag.ts';
import { type GroupReport, NO_REPORT } from './group-report.ts';
import { type KafkaClients, type KafkaConnection, openFetcher, openGroupConsumer } from './kafka-clients.ts';
import { decodeRecord, type FetchedRecord, isCopy } from './kafka-record.ts';
import { boundsOf } from './offsets.ts';

/** The maximum number of ticks fetched ahead of reading; then fetching pauses. */
const MAX_TICKS_AHEAD = 60_000;
const FETCH_BYTES = 1_048_576;
const RETRY = { baseMs: 500, capMs: 10_000 };

export type GroupCursorOptions = {
  readonly connection: KafkaConnection;
  readonly clients: KafkaClients;
  readonly group: string;
  readonly topics: readonly string[];
  readonly deadLetterTopic: string;
  /**
   * Whether ticks of the coin that is copied to all partitions are read in each of them; otherwise, only in its own, and its copies
   * are records without ticks. False when absent.
   */
  readonly readsCopies?: boolean;
  /** What a broker waits for before it responds; until it has any record if absent. */
  readonly wait?: FetchWait;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  /** Optional listener. */
  readonly report?: GroupReport;
};

/** What a member of a group is called with. */
export type GroupListener = {
  /** There are more records to read. */
  readonly onRecords?: (records: readonly LogRecord[]) => void;
  /**
   * The group has changed. Called with the partitions of this process, before records of new ones can be read, and with the
   * number of changes so far. New partitions are then read from where the group was before the call, so that what another member
   * stores before it commits can be restored here.
   */
  readonly onAssigned?: (partitions: readonly TopicPartition[], generation: number) => Promise<void>;
  /**
   * Called when the membership was lost. Until the next `onAssigned`, other members may apply records of all partitions,
   * including those of this process.
   */
  readonly onLost?: () => void;
};

/**
 * The position of a consumer group in the partitions that Kafka assigns to this process; those of a member that dies are
 * reassigned to the others. The records of all partitions form one sequence, in which each partition keeps its order. Their
 * `offset` is their number in this process, as `commit` expects it.
 */
export type GroupCursor = LogCursor & {
  /** Joins the group in the background. Call it once: before, there is nothing to read. */
  join(listener: GroupListener): void;
  /** The topic, partition and offset of a record that was read and not committed. */
  placeOf(offset: number): Position | null;
  /**
   * When all records that the brokers had in the partitions of this process were fetched, by the clock of the options; null if that
   * was never the case since it became a member.
   */
  caughtUpAt(): number | null;
  /** Stores a copy of a record that was read, is not committed, and can never be applied, as a dead letter. */
  keepRefused(record: LogRecord, error: string): Promise<void>;
  /** Leaves the group, so that the others need not wait for this member's session timeout. */
  close(): Promise<void>;
};

type Held = { readonly record: LogRecord; readonly place: Position };

/** A record that is read only so that its offset is committed. */
const withoutTicks = ({ offset, timestamp }: FetchedRecord): LogRecord => ({
  offset,
  appendedAt: timestamp,
  ticks: [],
  alerts: [],
});

/** How much a record counts towards the limit of what is fetched ahead: records without ticks take memory, too. */
const weightOf = ({ ticks }: LogRecord): number => Math.max(1, ticks.length);

/** Creates a member of a consumer group, which has not joined it yet. */
export function createGroupCursor(options: GroupCursorOptions): GroupCursor {
  const { connection, clients, group, topics, clock, random, log, report = NO_REPORT } = options;
  const { readsCopies = false, wait = AT_ONCE } = options;
  let listener: GroupListener = {};
  const stopping = new AbortController();
  const { signal } = stopping;
  /** Fetched, not yet read. */
  let ahead: Held[] = [];
  /** Read, not yet committed, by number, in order. */
  let uncommitted = new Map<number, Held>();
  let lastNumber = 0;
  let ticksAhead = 0;
  /** Everything that is not yet committed. It is read with each record, so it is counted rather than computed. */
  let lag: Lag = { records: 0, ticks: 0 };
  /** The next offsets to fetch, for the partitions of this process. */
  const positions = new Map<string, Position>();
  /** The offsets that the group has committed for them. */
  const committed = new Map<string, Position>();
  let consumer: KafkaConsumer | null = null;
  /** Whether the process is a member of the group. */
  let hasJoined = false;
  /** When the fetched records of a partition reached the end that it had then. */
  const reachedEndAt = new Map<string, number>();
  /** Resolved when there is room for more records, or the group, the connection or the program's state has changed. */
  let changed = Promise.withResolvers<void>();
  const deadLetters = new Map<string, Promise<DeadLetterTopic>>();

  const nameOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;
  const deadLettersOf = (at: TopicPartition): Promise<DeadLetterTopic> => {
    const opened = deadLetters.get(nameOf(at)) ?? createDeadLetterTopic(clients, options.deadLetterTopic, at);
    deadLetters.set(nameOf(at), opened);
    opened.catch(() => deadLetters.delete(nameOf(at)));
    return opened;
  };
  const countAhead = (): void => {
    ticksAhead = ahead.reduce((sum, { record }) => sum + weightOf(record), 0);
    if (ticksAhead < MAX_TICKS_AHEAD) changed.resolve();
  };

  const countLag = (): void => {
    const all = [...uncommitted.values(), ...ahead];
    lag = { records: all.length, ticks: all.reduce((sum, { record }) => sum + record.ticks.length, 0) };
  };

  /** Drops records of partitions that are now assigned to another member, which reads and applies them. */
  const keepOnly = (partitions: readonly TopicPartition[]): void => {
    const assigned = new Set(partitions.map(nameOf));
    const isOwn = ({ place }: Held): boolean => assigned.has(nameOf(place));
    ahead = ahead.filter(isOwn);
    uncommitted = new Map([...uncommitted].filter(([, held]) => isOwn(held)));
    for (const kept of [positions, committed, reachedEndAt])
      for (const name of kept.keys()) if (!assigned.has(name)) kept.delete(name);
    countAhead();
    countLag();
  };

  const hold = async (at: TopicPartition, fetched: FetchedRecord): Promise<void> => {
    const place = { ...at, offset: fetched.offset };
    try {
      const decoded = isCopy(fetched) && !readsCopies ? withoutTicks(fetched) : decodeRecord(fetched);
      lastNumber += 1;
      const record = { ...decoded, offset: lastNumber };
      ahead.push({ record, place });
      ticksAhead += weightOf(record);
      lag = { records: lag.records + 1, ticks: lag.ticks + record.ticks.length };
    } catch (cause) {
      if (!(cause instanceof DamagedRecord)) throw cause;
      log.error({ ...place, err: cause }, 'a record of the log is damaged and was moved to the dead letters');
      await (await deadLettersOf(at)).keepDamaged(fetched.offset, fetched.value, cause.message, clock.now());
      report.deadLetter();
    }
  };

  /** A partition without new records may be missing from the response. */
  const noteEnds = ({ requested, fetched }: FetchedPositions): void => {
    const behind = new Set(
      fetched.filter(({ nextOffset, endOffset }) => nextOffset < endOffset).map(({ at }) => nameOf(at)),
    );
    const now = clock.now();
    for (const at of requested) {
      const isCurrent = positions.get(nameOf(at))?.offset === at.offset;
      if (isCurrent && !behind.has(nameOf(at))) reachedEndAt.set(nameOf(at), now);
    }
  };

  /** Adds fetched records to the unread ones, unless the partition has been reassigned meanwhile. */
  const addFetched = async ({ at, records, nextOffset, damage }: FetchedPositions['fetched'][number]) => {
    if (positions.get(nameOf(at))?.offset !== at.offset) return;
    if (damage !== null) {
      log.error({ ...at, reason: damage }, 'a batch of the log cannot be read and is skipped');
      await (await deadLettersOf(at)).keepDamaged(at.offset, null, damage, clock.now());
      report.deadLetter();
    }
    for (const record of records) await hold(at, record);
    if (positions.has(nameOf(at))) positions.set(nameOf(at), { ...at, offset: nextOffset });
    if (records.length > 0) listener.onRecords?.(ahead.slice(-records.length).map(({ record }) => record));
  };

  /** Where the group continues in these partitions. */
  const committedOf = async (
    opened: KafkaConsumer,
    partitions: readonly TopicPartition[],
  ): Promise<readonly Position[]> => {
    if (partitions.length === 0) return [];
    const grouped = [...Map.groupBy(partitions, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
      topic,
      partitions: ofTopic.map(({ partition }) => partition),
    }));
    const ofGroup = await opened.listCommittedOffsets({ topics: grouped });
    const places: Position[] = [];
    for (const at of partitions) {
      const offset = Number(ofGroup.get(at.topic)?.[at.partition] ?? -1);
      // A group without commits starts at the oldest record.
      const [first] = await boundsOf(clients, at);
      places.push({ ...at, offset: Math.max(offset, first) });
    }
    return places;
  };

  /**
   * Starts new partitions of this process at the offsets that the group has committed. These are read before the listener restores
   * anything, which would otherwise end before the last commit of the member that had the partition: a commit that fails because the
   * group changes is repeated by the client when it has joined again.
   */
  const startPartitions = async (opened: KafkaConsumer, generation: number): Promise<void> => {
    const own = (opened.assignments ?? []).flatMap(({ topic, partitions }) =>
      partitions.map((partition) => ({ topic, partition })),
    );
    log.info({ group, partitions: own.length }, 'the consumer group assigned partitions to this process');
    keepOnly(own);
    const places = await committedOf(
      opened,
      own.filter((at) => !positions.has(nameOf(at))),
    );
    await listener.onAssigned?.(own, generation);
    for (const place of places) {
      positions.set(nameOf(place), place);
      committed.set(nameOf(place), place);
    }
  };

  /** Fetches the assigned partitions until the membership ends. */
  const follow = async (opened: KafkaConsumer, fetcher: KafkaConsumer): Promise<void> => {
    let failure: unknown = null;
    let assigning: Promise<void> = Promise.resolve();
    const fail = (error: unknown): void => {
      failure ??= error;
      changed.resolve();
    };
    // The client does not retry when a member cannot join again.
    opened.on('error', fail);
    opened.on('consumer:heartbeat:stalled', () =>
      fail(new Error('The consumer group has not responded for too long.')),
    );
    opened.on('consumer:group:join', ({ generationId = 0 }) => {
      assigning = assigning
        .then(() => startPartitions(opened, generationId))
        .then(() => report.member(true))
        .catch(fail);
      changed.resolve();
    });
    opened.topics.trackAll(...topics);
    await opened.joinGroup({});
    hasJoined = true;
    const fetching = createPositionFetcher({ fetcher }, { ...wait, maxBytes: FETCH_BYTES });
    for (;;) {
      // Created before the state is read, so that no change in between is missed.
      changed = Promise.withResolvers();
      await assigning;
      if (signal.aborted) return;
      if (failure !== null) throw failure;
      const requested = [...positions.values()];
      if (requested.length === 0 || ticksAhead >= MAX_TICKS_AHEAD) {
        await changed.promise;
        continue;
      }
      const response = await fetching.next(requested);
      noteEnds(response);
      for (const one of response.fetched) await addFetched(one);
    }
  };

  const run = async (): Promise<void> => {
    for (let delayMs = 0; !signal.aborted; ) {
      const opened = openGroupConsumer(connection, group);
      const fetcher = openFetcher(connection, true);
      consumer = opened;
      try {
        await follow(opened, fetcher);
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause));
        log.error({ err: error, group }, 'the log cannot be followed; joining its consumer group again');
        delayMs = nextDelayMs(hasJoined ? 0 : delayMs, RETRY, random());
        hasJoined = false;
      }
      consumer = null;
      report.member(false);
      keepOnly([]);
      listener.onLost?.();
      // The connection may be what is broken.
      await Promise.allSettled([leave(opened), fetcher.close(true)]);
      if (!signal.aborted) await clock.sleep(delayMs, signal).catch(() => undefined); // aborted: the loop ends
    }
  };
  let running: Promise<void> = Promise.resolve();

  return {
    join(given) {
      listener = given;
      running = run();
      if (report === NO_REPORT) return;
      const measured = { clients, topics, committed: () => [...committed.values()], report: report.lag };
      followLag({ ...measured, clock, log, signal }).catch(() => undefined); // the program stops
    },
    async read(limit: ReadLimit) {
      const page = pageOf(ahead, limit, ({ record }) => record.ticks.length);
      ahead = ahead.slice(page.length);
      for (const held of page) uncommitted.set(held.record.offset, held);
      countAhead();
      return page.map(({ record }) => record);
    },
    async commit(number) {
      const done = [...uncommitted.values()].filter(({ record }) => record.offset <= number);
      const offsets = new Map(done.map(({ place }) => [nameOf(place), place]));
      if (offsets.size > 0 && consumer !== null) {
        try {
          await consumer.commit({
            offsets: [...offsets.values()].map((place) => ({
              topic: place.topic,
              partition: place.partition,
              offset: BigInt(place.offset + 1),
              leaderEpoch: -1,
            })),
          });
          for (const [name, place] of offsets)
            if (committed.has(name)) committed.set(name, { ...place, offset: place.offset + 1 });
          report.committed({
            records: done.length,
            ticks: done.reduce((sum, { record }) => sum + record.ticks.length, 0),
          });
        } catch (error) {
          // The group changes: the process that is assigned a partition applies its uncommitted records again.
          log.info({ err: error, group }, 'applied records could not be committed');
        }
      }
      for (const { record } of done) uncommitted.delete(record.offset);
      countLag();
    },
    rewind() {
      ahead = [...uncommitted.values(), ...ahead];
      uncommitted = new Map();
      countAhead();
    },
    lag: () => lag,
    async keepRefused(record, error) {
      const place = uncommitted.get(record.offset)?.place;
      if (place === undefined) return; // another process has it now, and will find the same
      await (await deadLettersOf(place)).keepRefused(place.offset, encodeBatch(record), error, clock.now());
      report.deadLetter();
    },
    caughtUpAt() {
      const times = [...positions.keys()].map((name) => reachedEndAt.get(name) ?? Number.NaN);
      const oldest = Math.min(...times);
      return times.length === 0 || Number.isNaN(oldest) ? null : oldest;
    },
    placeOf: (number) => uncommitted.get(number)?.place ?? null,
    async close() {
      stopping.abort();
      changed.resolve();
      await running;
    },
  };
}

/**
 * Leaves the group, so that its partitions are reassigned immediately. If the request fails, that happens at the session timeout.
 */
async function leave(consumer: KafkaConsumer): Promise<void> {
  await new Promise<void>((resolve) => consumer.leaveGroup(true, () => resolve()));
  await consumer.close(true);
}
