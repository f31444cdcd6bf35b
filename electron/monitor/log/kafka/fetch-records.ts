import { type Consumer, type RecordsBatch, UserError } from '@platformatic/kafka';
import { decodingError } from './decoding-error.ts';
import type { KafkaClients } from './kafka-clients.ts';
import type { FetchedRecord } from './kafka-record.ts';

/** A partition of a topic. */
export type TopicPartition = { readonly topic: string; readonly partition: number };

/** Attribute bits of a record batch that marks the end of a transaction rather than holding records. */
const IS_CONTROL = 0b10_0000;

export type FetchLimit = {
  /** The broker responds as soon as it has this much data … */
  readonly minBytes?: number;
  /** … or after this many milliseconds. */
  readonly maxWaitMs: number;
  readonly maxBytes: number;
};

export type Fetched = {
  /** From the requested offset on, in order. Empty at the end of the partition. */
  readonly records: readonly FetchedRecord[];
  /** The offset after the last fetched record, even if the batch contains no readable record. */
  readonly nextOffset: number;
  /** The offset of the next acknowledged record. */
  readonly endOffset: number;
  /** The oldest offset that the broker still has. */
  readonly startOffset: number;
  /**
   * Why the batch at the requested offset cannot be decompressed or parsed: `nextOffset` is then the one after the requested
   * offset.
   */
  readonly damage: string | null;
};

/** Fetches from the leader of a partition. Rejects when the brokers cannot be reached, or when the offset no longer exists. */
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
  // One of the batches in the response is damaged. With `maxBytes` 1 the broker sends only the one that contains the offset.
  try {
    return await fetchOnce(clients, at, offset, { ...limit, maxBytes: 1 });
  } catch (error) {
    const damage = decodingError(error);
    if (damage === null) throw error;
    return { records: [], nextOffset: offset + 1, endOffset: 0, startOffset: 0, damage };
  }
}

/** Where to continue in a partition. */
export type Position = TopicPartition & { readonly offset: number };

/**
 * Fetches from several partitions, with one request to each of their leaders. Partitions without new records may be missing from
 * the result.
 */
export async function fetchPositions(
  clients: Pick<KafkaClients, 'fetcher'>,
  positions: readonly Position[],
  limit: FetchLimit,
): Promise<readonly (Fetched & { readonly at: Position })[]> {
  try {
    return await fetchTogether(clients, positions, limit);
  } catch (error) {
    if (decodingError(error) === null) throw error;
  }
  // One of them has a damaged batch.
  const all: (Fetched & { readonly at: Position })[] = [];
  for (const at of positions)
    all.push({ at, ...(await fetchRecords(clients, at, at.offset, { ...limit, maxWaitMs: 0 })) });
  return all;
}

async function fetchTogether(
  { fetcher }: Pick<KafkaClients, 'fetcher'>,
  positions: readonly Position[],
  { minBytes = 1, maxBytes, maxWaitMs }: FetchLimit,
): Promise<readonly (Fetched & { readonly at: Position })[]> {
  const metadata = await fetcher.metadata({ topics: [...new Set(positions.map(({ topic }) => topic))] });
  const placed = positions.map((at) => {
    const found = metadata.topics.get(at.topic);
    const leader = found?.partitions[at.partition]?.leader;
    if (found === undefined || leader === undefined)
      throw new UserError(`The topic ${at.topic} has no partition ${at.partition}.`);
    return { at, topicId: found.id, leader };
  });
  const responses = await Promise.all(
    [...Map.groupBy(placed, ({ leader }) => leader)].map(async ([node, ofLeader]) => {
      const topics = [...Map.groupBy(ofLeader, ({ topicId }) => topicId)].map(([topicId, ofTopic]) => ({
        topicId,
        partitions: ofTopic.map(({ at }) => ({
          partition: at.partition,
          fetchOffset: BigInt(at.offset),
          partitionMaxBytes: maxBytes,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
        })),
      }));
      return fetcher.fetch({ node, minBytes, maxBytes, maxWaitTime: maxWaitMs, topics });
    }),
  );
  return responses.flatMap(({ responses: topics }) =>
    topics.flatMap(({ topicId, partitions }) =>
      partitions.flatMap((response) => {
        const found = placed.find(
          ({ at, topicId: id }) => id === topicId && at.partition === response.partitionIndex,
        );
        return found === undefined ? [] : [{ at: found.at, ...fetchedOf(response, found.at.offset) }];
      }),
    ),
  );
}

async function fetchOnce(
  clients: Pick<KafkaClients, 'fetcher'>,
  at: TopicPartition,
  offset: number,
  limit: FetchLimit,
): Promise<Fetched> {
  const [fetched] = await fetchTogether(clients, [{ ...at, offset }], limit);
  return fetched ?? { records: [], nextOffset: offset, endOffset: offset, startOffset: 0, damage: null };
}

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
type FetchResponsePartition = FetchResponse['responses'][number]['partitions'][number];

function fetchedOf(response: FetchResponsePartition, offset: number): Fetched {
  const batches = response.records ?? [];
  const last = batches.at(-1);
  return {
    // The first batch may begin before the offset.
    records: batches.flatMap(recordsOf).filter((record) => record.offset >= offset),
    nextOffset: last === undefined ? offset : Number(last.firstOffset) + last.lastOffsetDelta + 1,
    endOffset: Number(response.highWatermark),
    startOffset: Number(response.logStartOffset),
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
