import { ProtocolError } from '@platformatic/kafka';
import type { Clock } from '../../time/clock.ts';
import type { KafkaClients } from './kafka-clients.ts';

/** The topics of the program, by the prefix that separates installations. */
export function topicNames(prefix: string) {
  return {
    /** Tick batches. The partition of a coin is Kafka's own for its id as key, so that other producers and consumers find it. */
    ticks: `${prefix}.ticks`,
    /** Alerts, keyed by coin. */
    alerts: `${prefix}.alerts`,
    /** The state of the rules for each coin, keyed by coin; compacted. */
    states: `${prefix}.rule-states`,
    /** Records that cannot be read or applied. */
    deadLetters: `${prefix}.dead-letters`,
    /** Empty: the members of its consumer group agree on the active feed. */
    feeds: `${prefix}.feeds`,
  } as const;
}
export type TopicNames = ReturnType<typeof topicNames>;

export type TopicPlan = {
  readonly partitions: number;
  /** The number of replicas. */
  readonly replicas: number;
  /** How long records are kept, in milliseconds; null for no limit. */
  readonly retentionMs: number | null;
  /** Whether only the newest record of each key is kept. */
  readonly isCompacted?: boolean;
};

/**
 * Creates a topic unless it exists; an existing one is not changed. Resolves with its number of partitions. Records carry the
 * time of the appending machine, so the broker must not compare it with its own.
 */
export async function ensureTopic(
  { admin, fetcher }: Pick<KafkaClients, 'admin' | 'fetcher'>,
  topic: string,
  { partitions, replicas, retentionMs, isCompacted = false }: TopicPlan,
  clock: Clock,
): Promise<number> {
  if (!(await admin.listTopics()).includes(topic)) {
    const configs = [
      { name: 'cleanup.policy', value: isCompacted ? 'compact' : 'delete' },
      { name: 'retention.ms', value: String(retentionMs ?? -1) },
      { name: 'message.timestamp.type', value: 'CreateTime' },
      { name: 'message.timestamp.before.max.ms', value: MAX_LONG },
      { name: 'message.timestamp.after.max.ms', value: MAX_LONG },
    ];
    try {
      await admin.createTopics({ topics: [topic], partitions, replicas, configs });
    } catch (error) {
      if (!isAlreadyThere(error)) throw error;
    }
  }
  // For a moment a broker may not know what the controller has created, or that it leads one of the partitions.
  for (let attempt = 1; ; attempt++) {
    try {
      const metadata = await fetcher.metadata({ topics: [topic], forceUpdate: true });
      const count = metadata.topics.get(topic)?.partitionsCount ?? 0;
      const all = Array.from({ length: count }, (_, index) => ({ partitionIndex: index, timestamp: -1n }));
      await admin.listOffsets({ topics: [{ name: topic, partitions: all }] });
      return count;
    } catch (error) {
      if (attempt >= MAX_ATTEMPTS) throw error;
      await clock.sleep(ATTEMPT_MS);
    }
  }
}

const MAX_ATTEMPTS = 100;
const ATTEMPT_MS = 100;

const MAX_LONG = '9223372036854775807';

/** Another process created it at the same time. */
const isAlreadyThere = (error: unknown): boolean =>
  error instanceof AggregateError
    ? error.errors.some(isAlreadyThere)
    : error instanceof ProtocolError && error.apiId === 'TOPIC_ALREADY_EXISTS';
