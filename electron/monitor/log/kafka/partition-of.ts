import { murmur2 } from '@platformatic/kafka';

/**
 * The partition of a coin: that of Kafka's default partitioner for its id as key, so that other producers and consumers compute
 * the same. Source: `BuiltInPartitioner.partitionForKey` of Apache Kafka's Java client, `toPositive(murmur2(key)) % partitions`.
 */
export function partitionOf(coinId: string, partitions: number): number {
  return (murmur2(Buffer.from(coinId, 'utf8')) & 0x7fffffff) % partitions;
}
