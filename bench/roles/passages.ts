import type { LogRecord } from '../../electron/monitor/log/tick-log.ts';
import { isResolvedEvent } from '../../shared/domain/alert.ts';
import { LEVEL } from './role-tape.ts';

type Passage = { readonly sentAt: number; readonly isAbove: boolean; appendedAt?: number; readAt?: number };

/** Follows trades that cross `LEVEL`, one of each coin at a time, to their alerts. */
export type Passages = {
  /** Milliseconds from a trade to each point on its way, by the name of the point. */
  readonly times: Readonly<Record<string, readonly number[]>>;
  /** Call when a coin's trade is sent. */
  onSent(coinId: string, isAbove: boolean): void;
  /** Call when a record of the topic of ticks is read. */
  onTicks(record: LogRecord): void;
  /** Call when a record of the topic of alerts is read. */
  onAlerts(record: LogRecord, isCounted: boolean): void;
};

/** @param realTimeOf converts the time at which a process appended a record, by its scaled clock, to real time */
export function createPassages(realTimeOf: (appendedAt: number) => number): Passages {
  const passages = new Map<string, Passage>();
  const [appended, read, raised, alerted]: readonly [number[], number[], number[], number[]] = [
    [],
    [],
    [],
    [],
  ];
  const now = (): number => performance.timeOrigin + performance.now();
  return {
    times: {
      'trade to the append of its tick': appended,
      'trade to tick in the topic': read,
      'trade to the append of its alert': raised,
      'trade to alert in the topic': alerted,
    },
    onSent: (coinId, isAbove) => void passages.set(coinId, { sentAt: now(), isAbove }),
    onTicks({ ticks, appendedAt }) {
      for (const { coinId, price } of ticks) {
        const passage = passages.get(coinId);
        if (passage === undefined || passage.readAt !== undefined || price > LEVEL !== passage.isAbove)
          continue;
        passage.appendedAt = realTimeOf(appendedAt);
        passage.readAt = now();
      }
    },
    onAlerts({ alerts, appendedAt }, isCounted) {
      for (const alert of alerts) {
        const passage = passages.get(alert.coinId);
        if (isResolvedEvent(alert) || passage === undefined) continue;
        passages.delete(alert.coinId);
        if (!isCounted) continue;
        const { sentAt } = passage;
        if (passage.appendedAt !== undefined) appended.push(passage.appendedAt - sentAt);
        // The process that evaluates the tick may read it sooner than this benchmark.
        if (passage.readAt !== undefined) read.push(passage.readAt - sentAt);
        raised.push(realTimeOf(appendedAt) - sentAt);
        alerted.push(now() - sentAt);
      }
    },
  };
}
