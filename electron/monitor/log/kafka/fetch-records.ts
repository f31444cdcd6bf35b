import { type Consumer, GenericError, type RecordsBatch, UserError } from '@platformatic/kafka';
import type { KafkaClients } from './kafka-clients.ts';
import type { FetchedRecord } from './kafka-record.ts';

/** A partition of a topic. */
export type TopicPartition = { readonly topic: string; readonly partition: number };

/** Attribute bits of a record batch that marks the end of a transaction rather than holding records. */
const IS_CONTROL = 0b10_0000;

export type FetchLimit = {
  /** The broker answers with less as soon as it has this much … */
  readonly minBytes?: number;
  /** … or so many milliseconds have passed. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
};

export type Fetched = {
  /** From the requested offset on, in order. Empty at the end of the partition. */
  readonly records: readonly FetchedRecord[];
  /** The offset after the last fetched record, also where there is none because the batch holds nothing to read. */
  readonly nextOffset: number;
  /** The offset that the next acknowledged record will get. */
  readonly endOffset: number;
  /** The oldest offset that the broker still has. */
  readonly startOffset: number;
  /** Why the batch at the requested offset cannot be decompressed or parsed: `nextOffset` is the one after the requested one. */
  readonly damage: string | null;
};

/**
 * Fetches from the leader of a partition. Rejects when the brokers cannot be reached, or when the offset is not there any more.
 */
export async function fetchRecords(
  clients: Pick<KafkaClients, 'fetcher'>,
  at: TopicPartition,
  offset: number,
  limit: FetchLimit,
): Promise<Fetched> {
  try {
    return await fetchOnce(clients, at, offset, limit);
  } catch (error) {
    if (decodingError(error) === null) throw error;
  }
  // A batch among those that the broker sent is damaged. Alone comes the one that holds the offset.
  try {
    return await fetchOnce(clients, at, offset, { ...limit, maxBytes: 1 });
  } catch (error) {
    const damage = decodingError(error);
    if (damage === null) throw error;
    return { records: [], nextOffset: offset + 1, endOffset: 0, startOffset: 0, damage };
  }
}

/** What the decoder of records said, in an error that may be one of several attempts; null where all are the broker's or the network's. */
function decodingError(error: unknown): string | null {
  if (error instanceof AggregateError)
    return error.errors.map(decodingError).find((words) => words !== null) ?? null;
  if (error instanceof GenericError || isOfSystem(error)) return null;
  return error instanceof Error ? error.message : String(error);
}

/** A socket's own error, such as ECONNRESET. */
const isOfSystem = (error: unknown): boolean => error instanceof Error && 'syscall' in error;

async function fetchOnce(
  { fetcher }: Pick<KafkaClients, 'fetcher'>,
  { topic, partition }: TopicPartition,
  offset: number,
  { minBytes = 1, maxBytes, maxWaitMs }: FetchLimit,
): Promise<Fetched> {
  const metadata = await fetcher.metadata({ topics: [topic] });
  const found = metadata.topics.get(topic);
  const leader = found?.partitions[partition]?.leader;
  if (found === undefined || leader === undefined)
    throw new UserError(`The topic ${topic} has no partition ${partition}.`);
  const ofPartition = {
    partition,
    fetchOffset: BigInt(offset),
    partitionMaxBytes: maxBytes,
    currentLeaderEpoch: -1,
    lastFetchedEpoch: -1,
  };
  const topics = [{ topicId: found.id, partitions: [ofPartition] }];
  const response = await fetcher.fetch({ node: leader, minBytes, maxBytes, maxWaitTime: maxWaitMs, topics });
  const answer = response.responses[0]?.partitions[0];
  // An incremental session leaves out a partition that has nothing new.
  if (answer === undefined)
    return { records: [], nextOffset: offset, endOffset: offset, startOffset: 0, damage: null };
  return fetchedOf(answer, offset);
}

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
type FetchResponsePartition = FetchResponse['responses'][number]['partitions'][number];

function fetchedOf(answer: FetchResponsePartition, offset: number): Fetched {
  const batches = answer.records ?? [];
  const last = batches.at(-1);
  return {
    // The first batch may begin before the offset.
    records: batches.flatMap(recordsOf).filter((record) => record.offset >= offset),
    nextOffset: last === undefined ? offset : Number(last.firstOffset) + last.lastOffsetDelta + 1,
    endOffset: Number(answer.highWatermark),
    startOffset: Number(answer.logStartOffset),
    damage: null,
  };
}

function recordsOf(batch: RecordsBatch): readonly FetchedRecord[] {
  if ((batch.attributes & IS_CONTROL) !== 0) return [];
  return batch.records.map((record) => ({
    offset: Number(batch.firstOffset) + record.offsetDelta,
    timestamp: Number(batch.firstTimestamp + record.timestampDelta),
    key: String(record.key ?? ''),
    value: record.value,
    headers: new Map(record.headers.map(([key, value]) => [String(key ?? ''), String(value ?? '')])),
  }));
}
