import { DamagedRecord } from '../damaged-record.ts';
import { pageOf } from '../read-rows.ts';
import { encodeBatch } from '../record-codec.ts';
import type { LogBatch, LogCursor, LogRecord, ReadLimit, TickLog } from '../tick-log.ts';
import { createDeadLetterTopic } from './dead-letter-topic.ts';
import { fetchRecords, type TopicPartition } from './fetch-records.ts';
import type { KafkaClients } from './kafka-clients.ts';
import { decodeRecord, encodeRecord, type FetchedRecord, ticksOfRecord } from './kafka-record.ts';
import { boundsOf, offsetAt } from './offsets.ts';
import { createTickCounts } from './tick-counts.ts';
import { createTopicProducer } from './topic-producer.ts';

/** About the size of a page of 10,000 ticks. */
const FETCH_BYTES = 1_048_576;
/** Records whose ticks are counted at the start; if there are more, the ticks of a lag are estimated. */
const MAX_COUNTED_RECORDS = 20_000;

export type KafkaLogOptions = {
  readonly clients: KafkaClients;
  /** The partition that serves as this log. */
  readonly at: TopicPartition;
  /** A topic of one partition, shared by all logs. */
  readonly deadLetterTopic: string;
  /** The prefix of consumer groups: a consumer's group is this, a dot, and its name. */
  readonly groupPrefix: string;
  /** The current time in ms since the epoch, for dead letters. */
  readonly now: () => number;
  /** Called when a fetched record is unreadable. It has become a dead letter, and reading continues after it. */
  readonly onDamaged: (letter: { readonly offset: number; readonly error: string }) => void;
};

/** The log's own state of a consumer. */
type ConsumerState = {
  /** The offset after the last committed record. */
  committed: number;
  /** Fetched and not yet read, in order, and the offset to fetch next. */
  fetched: LogRecord[];
  fetchOffset: number;
};

/**
 * Opens a partition. Each consumer has its own consumer group, so that Kafka's tools show its lag; a record is acknowledged by
 * all in-sync replicas before its append resolves. An append that rejects may still have been stored, if only the broker's
 * response was lost: then its ticks are read twice, which consumers tolerate.
 */
export async function openKafkaLog(options: KafkaLogOptions): Promise<TickLog> {
  const { clients, at, groupPrefix, now, onDamaged } = options;
  const deadLetters = await createDeadLetterTopic(clients, options.deadLetterTopic, at);
  const producer = createTopicProducer(clients, at.topic);
  const counts = createTickCounts();
  const states = new Map<string, ConsumerState>();
  const cursors = new Map<string, LogCursor>();
  let [startOffset, endOffset] = await boundsOf(clients, at);
  const saved = await committedOffsets(clients, at, groupPrefix);
  /** Requests that must have completed before anything else is appended, read or trimmed. */
  let pending: Promise<unknown> = Promise.resolve();
  const inOrder = (task: () => Promise<unknown>): void => {
    pending = pending.then(task);
    pending.catch(() => undefined); // thrown by the next `settled()`
  };
  const settled = async (): Promise<void> => {
    const waiting = pending;
    pending = Promise.resolve();
    await waiting;
  };

  const slowest = Math.max(startOffset, Math.min(endOffset, ...saved.values()));
  await countTicks(clients, at, Math.max(slowest, endOffset - MAX_COUNTED_RECORDS), endOffset, counts.note);

  const group = (consumer: string): string => `${groupPrefix}.${consumer}`;
  const commit = (consumer: string, offset: number): Promise<void> =>
    clients.admin.alterConsumerGroupOffsets({
      groupId: group(consumer),
      topics: [
        {
          name: at.topic,
          partitionOffsets: [{ partition: at.partition, offset: BigInt(offset) }],
        },
      ],
    });

  const lagFrom = (from: number): { readonly records: number; readonly ticks: number } => {
    const first = Math.max(from, startOffset);
    const records = Math.max(0, endOffset - first - deadLetters.damagedIn(first, endOffset));
    return { records, ticks: counts.between(first, endOffset, records, deadLetters.isDamaged) };
  };

  const makeDeadLetter = async (offset: number, value: Buffer | null, error: string): Promise<void> => {
    if (deadLetters.isDamaged(offset)) return;
    await deadLetters.keepDamaged(offset, value, error, now());
    onDamaged({ offset, error });
  };

  const decode = async (record: FetchedRecord): Promise<LogRecord | null> => {
    try {
      return decodeRecord(record);
    } catch (cause) {
      if (!(cause instanceof DamagedRecord)) throw cause;
      await makeDeadLetter(record.offset, record.value, cause.message);
      return null;
    }
  };

  /** Fetches the next records, until there are some or the partition ends. */
  const fetchMore = async (state: ConsumerState): Promise<void> => {
    for (;;) {
      const from = Math.max(state.fetchOffset, startOffset);
      const found = await fetchRecords(clients, at, from, { maxWaitMs: 0, maxBytes: FETCH_BYTES });
      startOffset = Math.max(startOffset, found.startOffset);
      endOffset = Math.max(endOffset, found.endOffset);
      for (const record of found.records) {
        counts.note(record.offset, ticksOfRecord(record));
        const decoded = await decode(record);
        if (decoded !== null) state.fetched.push(decoded);
      }
      if (found.damage !== null) await makeDeadLetter(from, null, found.damage);
      state.fetchOffset = found.nextOffset;
      if (state.fetched.length > 0 || found.nextOffset <= from || found.nextOffset >= endOffset) return;
    }
  };

  /** Whether the partition has more records that would fit into the page. */
  const isShortOf = ({ fetched, fetchOffset }: ConsumerState, { maxRecords, maxTicks }: ReadLimit): boolean =>
    fetchOffset < endOffset &&
    fetched.length < maxRecords &&
    fetched.reduce((sum, { ticks }) => sum + ticks.length, 0) < maxTicks;

  const openCursor = (consumer: string, start: 'oldest' | 'newest'): LogCursor => {
    const known = saved.get(consumer);
    const committed = known ?? (start === 'oldest' ? startOffset : endOffset);
    const state: ConsumerState = { committed, fetched: [], fetchOffset: committed };
    states.set(consumer, state);
    // Saved now, so that nothing is trimmed before this consumer has read it.
    if (known === undefined) inOrder(() => commit(consumer, committed));
    return {
      async read(limit: ReadLimit) {
        await settled();
        while (state.fetched.length === 0 || isShortOf(state, limit)) {
          const before = state.fetchOffset;
          await fetchMore(state);
          if (state.fetchOffset === before) break;
        }
        const page = pageOf(state.fetched, limit, ({ ticks }) => ticks.length);
        state.fetched = state.fetched.slice(page.length);
        return page;
      },
      async commit(offset) {
        await settled();
        await commit(consumer, offset + 1);
        state.committed = offset + 1;
        counts.forgetBefore(Math.min(...[...states.values()].map((each) => each.committed)));
      },
      rewind() {
        state.fetched = [];
        state.fetchOffset = state.committed;
      },
      lag: () => lagFrom(state.committed),
    };
  };

  return {
    async append(batch: LogBatch, appendedAt: number) {
      await settled();
      const record = { partition: at.partition, record: encodeRecord(batch) };
      const [offset = Number.NaN] = await producer.append([record], appendedAt);
      counts.note(offset, batch.ticks.length);
      endOffset = Math.max(endOffset, offset + 1);
      return offset;
    },
    cursor(consumer, start = 'oldest') {
      const cursor = cursors.get(consumer) ?? openCursor(consumer, start);
      cursors.set(consumer, cursor);
      return cursor;
    },
    consumers: () => [...new Set([...saved.keys(), ...states.keys()])].sort(),
    forget(consumer) {
      saved.delete(consumer);
      cursors.delete(consumer);
      states.delete(consumer);
      inOrder(() =>
        clients.admin.deleteConsumerGroupOffsets({
          groupId: group(consumer),
          topics: [{ name: at.topic, partitionIndexes: [at.partition] }],
        }),
      );
    },
    async keepDeadLetter({ offset, ticks, alerts }, error, keptAt) {
      await deadLetters.keepRefused(offset, encodeBatch({ ticks, alerts }), error, keptAt);
    },
    deadLetters: deadLetters.count,
    async trim(keepMs, trimmedAt, signal) {
      await settled();
      const committed = [...saved].filter(([consumer]) => !states.has(consumer)).map(([, offset]) => offset);
      const most = Math.min(endOffset, ...committed, ...[...states.values()].map((each) => each.committed));
      const end = await firstKept(clients, at, { from: startOffset, most, keepMs, now: trimmedAt }, signal);
      if (signal?.aborted || end <= startOffset) return;
      await clients.admin.deleteRecords({
        topics: [{ name: at.topic, partitions: [{ partition: at.partition, offset: BigInt(end) }] }],
      });
      startOffset = end;
    },
  };
}

/** The committed offsets of consumers, by name. */
async function committedOffsets(
  { admin }: KafkaClients,
  { topic, partition }: TopicPartition,
  groupPrefix: string,
): Promise<Map<string, number>> {
  const groups = [...(await admin.listGroups()).keys()].filter((id) => id.startsWith(`${groupPrefix}.`));
  if (groups.length === 0) return new Map();
  const listed = await admin.listConsumerGroupOffsets({
    groups: groups.map((groupId) => ({ groupId, topics: [{ name: topic, partitionIndexes: [partition] }] })),
  });
  const offsets = listed.flatMap(({ groupId, topics }): [string, number][] => {
    const offset = Number(topics[0]?.partitions[0]?.committedOffset ?? -1);
    return offset < 0 ? [] : [[groupId.slice(groupPrefix.length + 1), offset]];
  });
  return new Map(offsets);
}

async function countTicks(
  clients: KafkaClients,
  at: TopicPartition,
  from: number,
  end: number,
  note: (offset: number, ticks: number) => void,
): Promise<void> {
  for (let offset = from; offset < end; ) {
    const { records, nextOffset } = await fetchRecords(clients, at, offset, {
      maxWaitMs: 0,
      maxBytes: FETCH_BYTES,
    });
    for (const record of records) note(record.offset, ticksOfRecord(record));
    if (nextOffset <= offset) return;
    offset = nextOffset;
  }
}

/** The first offset, at most `most`, of a record that was appended within `keepMs` of now, before or after. */
async function firstKept(
  clients: KafkaClients,
  at: TopicPartition,
  { from, most, keepMs, now }: Readonly<Record<'from' | 'most' | 'keepMs' | 'now', number>>,
  signal?: AbortSignal,
): Promise<number> {
  const young = await offsetAt(clients, at, BigInt(now - keepMs));
  let offset = young < 0 ? most : Math.min(young, most);
  // Records from the future, appended before the clock was set back.
  while (offset < most && !signal?.aborted) {
    const { records, nextOffset } = await fetchRecords(clients, at, Math.max(from, offset), {
      maxWaitMs: 0,
      maxBytes: FETCH_BYTES,
    });
    const kept = records.find(({ timestamp }) => timestamp >= now - keepMs && timestamp <= now + keepMs);
    if (kept !== undefined) return Math.min(kept.offset, most);
    if (nextOffset <= offset) break;
    offset = Math.min(nextOffset, most);
  }
  return offset;
}
