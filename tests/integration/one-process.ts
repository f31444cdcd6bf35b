import type { AlertEngine } from '../../electron/monitor/alerts/engine.ts';
import { partitionOf } from '../../electron/monitor/log/kafka/partition-of.ts';
import type { LogRecord } from '../../electron/monitor/log/tick-log.ts';
import type { Alert } from '../../shared/domain/alert.ts';
import type { Tick } from '../../shared/domain/tick.ts';

/** The records of a partition of ticks, in order, some at a time. */
export type PartitionOfTicks = AsyncIterable<readonly LogRecord[]>;

export type OneProcess = {
  readonly alerts: readonly Alert[];
  /**
   * How many copies of ticks of the copied coin are missing in a partition, or are there without their tick: it then knows less of that
   * coin, or more, than one process does.
   */
  readonly missingCopies: number;
};

/**
 * What one process raises that steps the ticks of all partitions in an order that every partition has: between two ticks of the coin
 * that is copied to all of them, those of the other coins.
 *
 * @param onTick called with each tick that is in the partition of its coin, with repeats
 */
export async function raiseAsOneProcess(
  engine: Pick<AlertEngine, 'check'>,
  partitions: readonly PartitionOfTicks[],
  copiedCoin: string,
  onTick: (tick: Tick) => void = () => undefined,
): Promise<OneProcess> {
  const alerts: Alert[] = [];
  const stepped = new Set<string>();
  const take = (tick: Tick): void => {
    for (const alert of engine.check(tick)) alerts.push(alert);
  };
  const ownNumber = partitionOf(copiedCoin, partitions.length);
  /** Takes the other coins' ticks up to the next tick of the copied coin that was not stepped, which it resolves with. */
  const readers = partitions.map((partition, number) => {
    const pages = partition[Symbol.asyncIterator]();
    let page: readonly Tick[] = [];
    let index = 0;
    return async (): Promise<Tick | null> => {
      for (;;) {
        for (; index < page.length; index++) {
          const tick = page[index];
          if (tick === undefined) continue;
          if (tick.coinId !== copiedCoin) take(tick);
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
    take(copied);
  }
}

/** Whether the partition of the copied coin, whose next tick this is, has no such tick any more. */
const isPassed = (copy: Tick, next: Tick | null): boolean =>
  next === null || (copy.source === next.source && copy.observedAt < next.observedAt);

const keyOf = ({ source, observedAt }: Tick): string => `${source} ${observedAt}`;
