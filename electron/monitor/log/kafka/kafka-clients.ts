import {
  Admin,
  type BaseOptions,
  Consumer,
  ProduceAcks,
  Producer,
  stringSerializers,
} from '@platformatic/kafka';
import { handleConnectionErrors } from './handle-connection-errors.ts';

/** How to connect to a cluster. */
export type KafkaConnection = Pick<BaseOptions, 'clientId' | 'tls' | 'sasl'> & {
  /** `host:port` of at least one broker. */
  readonly brokers: readonly string[];
};

/** How long a broker may take to respond before the request is sent again. */
const TIMEOUT_MS = 10_000;
/** A leader that died is replaced within seconds; then the metadata has to be requested again. */
const RETRIES = 5;
const RETRY_DELAY_MS = 300;
/**
 * The first request of a client to a broker asks for the versions of its requests, and is repeated within each attempt of the
 * actual request: with the same delay, it would take ten seconds until an operation fails because all brokers close connections.
 */
const VERSIONS_DELAY_MS = 20;

export type TextProducer = Producer<string, string, string, string>;

/** The clients of one process, which all partitions share. */
export type KafkaClients = {
  readonly admin: Admin;
  readonly producer: TextProducer;
  /** Fetches records as bytes. It is not a member of a group. */
  readonly fetcher: Consumer;
  close(): Promise<void>;
};

const delayOf =
  (delayMs: number) =>
  (_client: unknown, operation: string): number =>
    operation === 'listApis' ? Math.min(VERSIONS_DELAY_MS, delayMs) : delayMs;

function baseOptions({ brokers, ...connection }: KafkaConnection): BaseOptions {
  return {
    ...connection,
    bootstrapBrokers: [...brokers],
    timeout: TIMEOUT_MS,
    connectTimeout: TIMEOUT_MS,
    retries: RETRIES,
    retryDelay: delayOf(RETRY_DELAY_MS),
  };
}

/** An idempotent producer, which has one request in flight to each broker. */
export function openProducer(connection: KafkaConnection): TextProducer {
  return handleConnectionErrors(
    new Producer({
      ...baseOptions(connection),
      serializers: stringSerializers,
      acks: ProduceAcks.ALL,
      idempotent: true,
      autocreateTopics: false,
      compression: 'zstd',
    }),
  );
}

/** Connects on first use. */
export function openKafkaClients(connection: KafkaConnection): KafkaClients {
  const admin = handleConnectionErrors(new Admin(baseOptions(connection)));
  const producer = openProducer(connection);
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

/** A member that sends no heartbeat for this long counts as dead, and its partitions are assigned to the others. */
const SESSION_TIMEOUT_MS = 6_000;
const HEARTBEAT_MS = 1_500;
/** How long the members of a group have to rejoin when it changes. */
const REBALANCE_TIMEOUT_MS = 10_000;

/** A member of a consumer group. */
export function openGroupConsumer(connection: KafkaConnection, groupId: string): Consumer {
  return handleConnectionErrors(
    new Consumer({
      ...baseOptions(connection),
      groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: HEARTBEAT_MS,
      rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    }),
  );
}

/** How long a fetcher knows the leaders of partitions, if its user opens another one after a failure. */
const REOPENED_METADATA_AGE_MS = 300_000;
const METADATA_AGE_MS = 5_000;

/**
 * Fetches records as bytes, over separate connections: a fetch that waits for records blocks later requests on its connection.
 *
 * @param isReopened whether another one is opened after each failure. Otherwise, the leaders of partitions are requested every few
 *   seconds, which waits as long as a fetch does
 */
export function openFetcher(connection: KafkaConnection, isReopened = false): Consumer {
  return handleConnectionErrors(
    new Consumer({
      ...baseOptions(connection),
      // The callers retry with fresh metadata.
      retries: 3,
      retryDelay: delayOf(100),
      metadataMaxAge: isReopened ? REOPENED_METADATA_AGE_MS : METADATA_AGE_MS,
      // The client requires a group; this one joins none.
      groupId: `${connection.clientId}-fetcher`,
    }),
  );
}
