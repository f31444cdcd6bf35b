import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createBatchTopic } from '../../electron/monitor/log/kafka/batch-topic.ts';
import { type KafkaClients, openKafkaClients } from '../../electron/monitor/log/kafka/kafka-clients.ts';
import { followTopics } from '../../electron/monitor/log/kafka/topic-tail.ts';
import { ensureTopic } from '../../electron/monitor/log/kafka/topics.ts';
import type { LogBatch, LogRecord } from '../../electron/monitor/log/tick-log.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import type { KafkaCluster } from '../../tests/counterparts/kafka.ts';

export const PARTITIONS = 12;

/** The topics of an installation on a broker, for the duration of one part of the benchmark. */
export type Installation = {
  readonly env: Readonly<Record<string, string>>;
  /** Appends in order, with several appends in flight. */
  fill(topic: 'ticks' | 'alerts', batches: readonly LogBatch[]): Promise<void>;
  /** The bytes of a topic on the disk of the broker. */
  bytesOf(topic: 'ticks' | 'alerts'): number;
  /** Calls `onRecord` with each new record until it is closed. */
  follow(topic: 'ticks' | 'alerts', onRecord: (record: LogRecord) => void): { close(): Promise<void> };
  close(): Promise<void>;
};

const MAX_AT_ONCE = 8;

/** Creates the topics of ticks and alerts. */
export async function openInstallation(kafka: KafkaCluster, prefix: string): Promise<Installation> {
  const connection = { clientId: 'bench', brokers: kafka.brokers };
  const clients: KafkaClients = openKafkaClients(connection);
  const plan = { partitions: PARTITIONS, replicas: 1, retentionMs: null };
  const nameOf = (topic: string): string => `${prefix}.${topic}`;
  for (const topic of ['ticks', 'alerts']) await ensureTopic(clients, nameOf(topic), plan, systemClock);
  return {
    env: {
      KAFKA_BROKERS: kafka.brokers.join(','),
      KAFKA_TOPIC_PREFIX: prefix,
      KAFKA_PARTITIONS: String(PARTITIONS),
      KAFKA_REPLICAS: '1',
    },
    async fill(topic, batches) {
      const appended = createBatchTopic({ clients, topic: nameOf(topic), partitions: PARTITIONS });
      for (let from = 0; from < batches.length; from += MAX_AT_ONCE)
        await Promise.all(
          batches.slice(from, from + MAX_AT_ONCE).map((batch) => appended.append(batch, Date.now())),
        );
    },
    bytesOf(topic) {
      let bytes = 0;
      for (const folder of readdirSync(kafka.dataOf(0)))
        if (folder.replace(/-\d+$/, '') === nameOf(topic))
          for (const file of readdirSync(join(kafka.dataOf(0), folder)))
            if (file.endsWith('.log')) bytes += statSync(join(kafka.dataOf(0), folder, file)).size;
      return bytes;
    },
    follow: (topic, onRecord) =>
      followTopics({
        connection,
        clients,
        partitions: Array.from({ length: PARTITIONS }, (_, partition) => ({
          topic: nameOf(topic),
          partition,
        })),
        beginAt: async () => 0,
        onRecords: (_, records) => records.forEach(onRecord),
        onCaughtUp: () => undefined,
        onFailure: () => undefined,
        clock: systemClock,
        random: Math.random,
        log: silentLog,
      }),
    close: clients.close,
  };
}
