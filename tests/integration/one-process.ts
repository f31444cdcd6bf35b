import type { AlertEngine } from '../../electron/monitor/alerts/engine.ts';
import { partitionOf } from '../../electron/monitor/log/kafka/partition-of.ts';
import type { LogRecord } from '../../electron/monitor/log/tick-log.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import type { Tick } from '../../shared/domain/tick.ts';

/** The records of a partition of ticks, in order, in several parts. */
export type PartitionOfTicks = AsyncIterable<readonly LogRecord[]>;

export type OneProcess = {
  readonly alerts: readonly Alert[];
  /**
   * The number of copies of ticks of the copied coin that are missing in a partition, or are in one without their original. The process
   * of such a partition knows fewer or more ticks of that coin than a single process.
   */
  readonly missingCopies: number;
};

/**
 * Computes the alerts that a single process raises from the ticks of all partitions. It steps them in an order that is consistent with
 * every partition: between two ticks of the coin that is copied to all partitions, the ticks of the other coins.
 *
 * @param onTick called with each tick in the partition of its coin, including repeats
 */
export async function raiseAsOneProcess(
  engine: Pick<AlertEngine, 'check'>,
  partitions: readonly PartitionOfTicks[],
  copiedCoin: string,
  onTick: (tick: Tick) => void = () => undefined,
): Promise<OneProcess> {
  const alerts: Alert[] = [];
  const stepped = new Set<string>();
  const step = (tick: Tick): void => {
    for (const alert of engine.check(tick)) alerts.push(alert);
  };
  const ownNumber = partitionOf(copiedCoin, partitions.length);
  /** Steps the ticks of other coins up to the next tick of the copied coin that was not stepped yet, and resolves with that. */
  const readers = partitions.map((partition, number) => {
    const pages = partition[Symbol.asyncIterator]();
    let page: readonly Tick[] = [];
    let index = 0;
    return async (): Promise<Tick | null> => {
      for (;;) {
        for (; index < page.length; index++) {
          const tick = page[index];
          if (tick === undefined) continue;
          if (tick.coinId !== copiedCoin) step(tick);
          else if (!stepped.has(keyOf(tick))) return tick;
          if (tick.coinId !== copiedCoin || number === ownNumber) onTick(tick);
        }
        const next = await pages.next();
        if (next.done) return null;
        page = next.value.flatMap(({ ticks }) => ticks);
        index = 0;
      }
    };
  });

  let missingCopies = 0;
  for (;;) {
    const heads: (Tick | null)[] = [];
    for (const read of readers) heads.push(await read());
    const copied = heads[ownNumber] ?? null;
    const orphans = heads.flatMap((head) => (head !== null && isPassed(head, copied) ? [keyOf(head)] : []));
    if (orphans.length > 0) {
      missingCopies += orphans.length;
      for (const key of orphans) stepped.add(key);
      continue;
    }
    if (copied === null) return { alerts, missingCopies };
    missingCopies += heads.filter((head) => head === null || keyOf(head) !== keyOf(copied)).length;
    stepped.add(keyOf(copied));
    step(copied);
  }
}

/** Whether the partition of the copied coin, whose next tick is `next`, is already past this copy. */
const isPassed = (copy: Tick, next: Tick | null): boolean =>
  next === null || (copy.source === next.source && copy.observedAt < next.observedAt);

const keyOf = ({ source, observedAt }: Tick): string => `${source} ${observedAt}`;
