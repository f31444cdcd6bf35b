import {
  Admin,
  type BaseOptions,
  Consumer,
  ProduceAcks,
  Producer,
  stringSerializers,
} from '@platformatic/kafka';

/** How a cluster is reached. */
export type KafkaConnection = Pick<BaseOptions, 'clientId' | 'tls' | 'sasl'> & {
  /** `host:port` of at least one broker. */
  readonly brokers: readonly string[];
};

/** How long a broker may take to answer a request before it is sent again. */
const TIMEOUT_MS = 10_000;
/** A leader that died is replaced within seconds, after which the metadata is asked for anew. */
const RETRIES = 5;
const RETRY_DELAY_MS = 300;

export type TextProducer = Producer<string, string, string, string>;

/** The clients of one process, which partitions share. */
export type KafkaClients = {
  readonly admin: Admin;
  readonly producer: TextProducer;
  /** Fetches records as bytes. It is no member of a group. */
  readonly fetcher: Consumer;
  close(): Promise<void>;
};

export function baseOptions({ brokers, ...connection }: KafkaConnection): BaseOptions {
  return {
    ...connection,
    bootstrapBrokers: [...brokers],
    timeout: TIMEOUT_MS,
    connectTimeout: TIMEOUT_MS,
    retries: RETRIES,
    retryDelay: RETRY_DELAY_MS,
  };
}

/** Connects when first used. */
export function openKafkaClients(connection: KafkaConnection): KafkaClients {
  const options = baseOptions(connection);
  const admin = new Admin(options);
  const producer: TextProducer = new Producer({
    ...options,
    serializers: stringSerializers,
    acks: ProduceAcks.ALL,
    idempotent: true,
    autocreateTopics: false,
    compression: 'zstd',
  });
  const fetcher = openFetcher(connection);
  return {
    admin,
    producer,
    fetcher,
    async close() {
      await Promise.allSettled([admin.close(), producer.close(true), fetcher.close(true)]);
    },
  };
}

/** A member that sends no heartbeat for this long counts as dead, and its partitions go to the others. */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/** How long the members of a group have to join again when it changes. */
const REBALANCE_TIMEOUT_MS = 10_000;

/** A member of a consumer group. */
export function openGroupConsumer(connection: KafkaConnection, groupId: string): Consumer {
  return new Consumer({
    ...baseOptions(connection),
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
  });
}

/** Fetches records as bytes, over connections of its own: a fetch that waits for records holds up what comes after it. */
export function openFetcher(connection: KafkaConnection): Consumer {
  return new Consumer({
    ...baseOptions(connection),
    // The callers retry by themselves, with fresh metadata.
    retries: 3,
    retryDelay: 100,
    // The client demands a group; this one joins none.
    groupId: `${connection.clientId}-fetcher`,
  });
}
