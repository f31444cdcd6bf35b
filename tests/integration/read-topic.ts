import { fetchRecords } from '../../electron/monitor/log/kafka/fetch-records.ts';
import { openKafkaClients } from '../../electron/monitor/log/kafka/kafka-clients.ts';
import { decodeRecord } from '../../electron/monitor/log/kafka/kafka-record.ts';
import type { LogRecord } from '../../electron/monitor/log/tick-log.ts';

const LIMIT = { maxWaitMs: 0, maxBytes: 4_194_304 };

/** The records of a partition up to its end, in order, in several parts. */
export async function* readPartition(
  brokers: readonly string[],
  topic: string,
  partition: number,
): AsyncGenerator<readonly LogRecord[]> {
  const clients = openKafkaClients({ clientId: 'test', brokers });
  try {
    for (let offset = 0; ; ) {
      const found = await fetchRecords(clients, { topic, partition }, offset, LIMIT);
      if (found.nextOffset <= offset) return;
      yield found.records.map(decodeRecord);
      offset = found.nextOffset;
    }
  } finally {
    await clients.close();
  }
}

/** All records of a topic, by partition. */
export async function readTopic(
  brokers: readonly string[],
  topic: string,
  partitions: number,
): Promise<readonly (readonly LogRecord[])[]> {
  const all: LogRecord[][] = [];
  for (let partition = 0; partition < partitions; partition++) {
    const records: LogRecord[] = [];
    for await (const some of readPartition(brokers, topic, partition)) records.push(...some);
    all.push(records);
  }
  return all;
}
