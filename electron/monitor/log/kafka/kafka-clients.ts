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

/** A broker that does not answer so long is tried again. */
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
  // The client demands a group of a consumer; this one joins none.
  // Whoever reads tries again by itself, and asks for the leaders anew.
  const fetcher = new Consumer({
    ...options,
    retries: 3,
    retryDelay: 100,
    groupId: `${connection.clientId}-fetcher`,
  });
  return {
    admin,
    producer,
    fetcher,
    async close() {
      await Promise.allSettled([admin.close(), producer.close(true), fetcher.close(true)]);
    },
  };
}
