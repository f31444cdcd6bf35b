import type { Logger } from '../../logging/logger.ts';
import type { Clock } from '../../time/clock.ts';
import type { Position } from './fetch-records.ts';
import type { KafkaClients } from './kafka-clients.ts';
import { endsOf } from './offsets.ts';

const EVERY_MS = 5_000;

export type LagOptions = {
  readonly clients: Pick<KafkaClients, 'admin'>;
  readonly topics: readonly string[];
  /** The committed offset of each partition of this process: the one after the last record. */
  readonly committed: () => readonly Position[];
  readonly report: (topic: string, records: number) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
};

/**
 * Requests the end offsets of the partitions from the brokers every five seconds. Fetched records do not reveal them: a member
 * that cannot apply its records stops fetching, which is when the lag matters.
 */
export async function followLag(options: LagOptions): Promise<void> {
  const { clients, topics, committed, report, clock, log, signal } = options;
  for (;;) {
    await clock.sleep(EVERY_MS, signal);
    const own = committed();
    try {
      const ends = own.length === 0 ? [] : await endsOf(clients, own);
      for (const topic of topics) report(topic, lagOf(topic, own, ends));
    } catch (err) {
      log.debug({ err }, 'the lag of a consumer group cannot be measured now');
    }
  }
}

/** The records of a topic from the committed offsets to the ends of the same partitions. */
export function lagOf(topic: string, committed: readonly Position[], ends: readonly Position[]): number {
  return committed
    .filter((at) => at.topic === topic)
    .reduce((sum, { partition, offset }) => {
      const end = ends.find((each) => each.topic === topic && each.partition === partition);
      return sum + Math.max(0, (end?.offset ?? offset) - offset);
    }, 0);
}
