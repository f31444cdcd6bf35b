import { type Consumer, GenericError, type RecordsBatch, UserError } from '@platformatic/kafka';
import type { KafkaClients } from './kafka-clients.ts';
import type { FetchedRecord } from './kafka-record.ts';

type Clients = Pick<KafkaClients, 'fetcher'>;

/** A partition of a topic. */
export type TopicPartition = { readonly topic: string; readonly partition: number };

/** Attribute bits of a record batch that marks the end of a transaction rather than holding records. */
const IS_CONTROL = 0b10_0000;

/** What a broker waits for before it responds. Each response costs processor time on both sides, however few records it has. */
export type FetchWait = {
  /** The broker responds as soon as it has this much data, or after `maxWaitMs`; any data if absent. */
  readonly minBytes?: number;
  /** After this many milliseconds the broker responds in any case. */
  readonly maxWaitMs: number;
};

/** A broker responds as soon as it has any record. */
export const AT_ONCE: FetchWait = { minBytes: 1, maxWaitMs: 250 };

export type FetchLimit = FetchWait & { readonly maxBytes: number };

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
  clients: Clients,
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

/** The response of one leader. */
export type FetchedPositions = {
  /** The positions that were requested. Those without new records may be missing from `fetched`. */
  readonly requested: readonly Position[];
  readonly fetched: readonly (Fetched & { readonly at: Position })[];
};

/**
 * Fetches from several partitions, with one request at a time to each of their leaders. A leader without new records, which
 * responds late, does not delay the records of the others.
 */
export type PositionFetcher = {
  /**
   * Sends a request to each leader that has none in flight, and resolves with the first response of any leader. Rejects with the
   * first failure; then create a new fetcher.
   */
  next(positions: readonly Position[]): Promise<FetchedPositions>;
};

type Outcome =
  | { readonly node: number; readonly response: FetchedPositions }
  | { readonly node: number; readonly error: unknown };

export function createPositionFetcher(clients: Clients, limit: FetchLimit): PositionFetcher {
  /** By leader. They never reject. */
  const inFlight = new Map<number, Promise<Outcome>>();
  const request = async (node: number, placed: readonly Placed[]): Promise<Outcome> => {
    try {
      const requested = placed.map(({ at }) => at);
      return { node, response: { requested, fetched: await fetchFromLeader(clients, node, placed, limit) } };
    } catch (error) {
      return { node, error };
    }
  };
  return {
    async next(positions) {
      const placed = await placesOf(clients, positions);
      for (const [node, ofLeader] of Map.groupBy(placed, ({ leader }) => leader))
        if (!inFlight.has(node)) inFlight.set(node, request(node, ofLeader));
      const outcome = await Promise.race(inFlight.values());
      inFlight.delete(outcome.node);
      if ('error' in outcome) throw outcome.error;
      return outcome.response;
    },
  };
}

/** A position with what a request needs. */
type Placed = { readonly at: Position; readonly topicId: string; readonly leader: number };

async function placesOf({ fetcher }: Clients, positions: readonly Position[]): Promise<readonly Placed[]> {
  const metadata = await fetcher.metadata({ topics: [...new Set(positions.map(({ topic }) => topic))] });
  return positions.map((at) => {
    const found = metadata.topics.get(at.topic);
    const leader = found?.partitions[at.partition]?.leader;
    if (found === undefined || leader === undefined)
      throw new UserError(`The topic ${at.topic} has no partition ${at.partition}.`);
    return { at, topicId: found.id, leader };
  });
}

async function fetchFromLeader(
  clients: Clients,
  node: number,
  placed: readonly Placed[],
  limit: FetchLimit,
): Promise<FetchedPositions['fetched']> {
  try {
    return await requestFrom(clients, node, placed, limit);
  } catch (error) {
    if (decodingError(error) === null) throw error;
  }
  // One of them has a damaged batch.
  const all: (Fetched & { readonly at: Position })[] = [];
  for (const { at } of placed)
    all.push({ at, ...(await fetchRecords(clients, at, at.offset, { ...limit, maxWaitMs: 0 })) });
  return all;
}

async function requestFrom(
  { fetcher }: Clients,
  node: number,
  placed: readonly Placed[],
  { minBytes = 1, maxBytes, maxWaitMs }: FetchLimit,
): Promise<FetchedPositions['fetched']> {
  const topics = [...Map.groupBy(placed, ({ topicId }) => topicId)].map(([topicId, ofTopic]) => ({
    topicId,
    partitions: ofTopic.map(({ at }) => ({
      partition: at.partition,
      fetchOffset: BigInt(at.offset),
      partitionMaxBytes: maxBytes,
      currentLeaderEpoch: -1,
      lastFetchedEpoch: -1,
    })),
  }));
  const { responses } = await fetcher.fetch({ node, minBytes, maxBytes, maxWaitTime: maxWaitMs, topics });
  return responses.flatMap(({ topicId, partitions }) =>
    partitions.flatMap((response) => {
      const found = placed.find(
        ({ at, topicId: id }) => id === topicId && at.partition === response.partitionIndex,
      );
      return found === undefined ? [] : [{ at: found.at, ...fetchedOf(response, found.at.offset) }];
    }),
  );
}

async function fetchOnce(
  clients: Clients,
  at: TopicPartition,
  offset: number,
  limit: FetchLimit,
): Promise<Fetched> {
  const placed = await placesOf(clients, [{ ...at, offset }]);
  const [fetched] = await requestFrom(clients, placed[0]?.leader ?? 0, placed, limit);
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

/**
 * The message of the record decoder in an error that may stand for several attempts; null if all of them are errors of the broker
 * or the network.
 */
function decodingError(error: unknown): string | null {
  if (error instanceof AggregateError)
    return error.errors.map(decodingError).find((text) => text !== null) ?? null;
  if (error instanceof GenericError || isOfSystem(error)) return null;
  return error instanceof Error ? error.message : String(error);
}

/** A socket's own error, such as ECONNRESET. */
const isOfSystem = (error: unknown): boolean => error instanceof Error && 'syscall' in error;
