import { fetchRecords, type TopicPartition } from './fetch-records.ts';
import type { KafkaClients } from './kafka-clients.ts';

const FETCH_BYTES = 1_048_576;

/**
 * The dead letters of a partition, in a topic that all partitions share. Key: `<topic>/<partition>/<offset>`; value: the
 * record's bytes in Base64 (`damaged`), or the batch as text (`refused`); headers `error`, `kind` (one of these two words) and
 * `at` (ms since the epoch).
 */
export type DeadLetterTopic = {
  /** Stores a record that cannot be read as a dead letter; from now on every consumer skips it. */
  keepDamaged(offset: number, value: Buffer | null, error: string, at: number): Promise<void>;
  /** Stores a copy of a record that a consumer can never apply. */
  keepRefused(offset: number, text: string, error: string, at: number): Promise<void>;
  isDamaged(offset: number): boolean;
  /** How many records in [from, end) are damaged. */
  damagedIn(from: number, end: number): number;
  count(): number;
};

/** Reads the dead letters of earlier processes. */
export async function createDeadLetterTopic(
  clients: KafkaClients,
  topic: string,
  of: TopicPartition,
): Promise<DeadLetterTopic> {
  const prefix = `${of.topic}/${of.partition}/`;
  const damaged = new Set<number>();
  const kept = new Set<string>();
  await readAll(clients, { topic, partition: 0 }, (key, kind) => {
    if (!key.startsWith(prefix)) return;
    kept.add(`${kind} ${key}`);
    if (kind === 'damaged') damaged.add(Number(key.slice(prefix.length)));
  });

  const keep = async (
    offset: number,
    value: string,
    headers: Readonly<Record<'error' | 'kind' | 'at', string>>,
  ): Promise<void> => {
    const key = `${prefix}${offset}`;
    if (kept.has(`${headers.kind} ${key}`)) return;
    await clients.producer.send({ messages: [{ topic, partition: 0, key, value, headers }] });
    kept.add(`${headers.kind} ${key}`);
  };

  return {
    async keepDamaged(offset, value, error, at) {
      await keep(offset, value?.toString('base64') ?? '', { error, kind: 'damaged', at: String(at) });
      damaged.add(offset);
    },
    keepRefused: (offset, text, error, at) => keep(offset, text, { error, kind: 'refused', at: String(at) }),
    isDamaged: (offset) => damaged.has(offset),
    damagedIn: (from, end) => [...damaged].filter((offset) => offset >= from && offset < end).length,
    count: () => kept.size,
  };
}

async function readAll(
  clients: KafkaClients,
  at: TopicPartition,
  onLetter: (key: string, kind: string) => void,
): Promise<void> {
  for (let offset = 0; ; ) {
    const { records, nextOffset, startOffset } = await fetchRecords(clients, at, offset, {
      maxWaitMs: 0,
      maxBytes: FETCH_BYTES,
    });
    for (const { key, headers } of records) onLetter(key, headers.get('kind') ?? '');
    if (nextOffset <= offset && startOffset <= offset) return;
    offset = Math.max(nextOffset, startOffset);
  }
}
