import type { LogRecord } from '../../electron/monitor/log/tick-log.ts';
import { isResolvedEvent } from '../../shared/domain/alert.ts';
import { LEVEL } from './role-tape.ts';

type Passage = { readonly sentAt: number; readonly isAbove: boolean; appendedAt?: number; readAt?: number };

/** Follows trades that cross `LEVEL`, one of each coin at a time, to their alerts. */
export type Passages = {
  /** How long they took to each of the places on their way, in ms, by its name. */
  readonly times: Readonly<Record<string, readonly number[]>>;
  /** A coin's trade is sent now. */
  sent(coinId: string, isAbove: boolean): void;
  /** A record of the topic of ticks was read now. */
  takeTicks(record: LogRecord): void;
  /** A record of the topic of alerts was read now. */
  takeAlerts(record: LogRecord, isCounted: boolean): void;
};

/** @param realTimeOf the real time at which a process appended a record, from that of its clock */
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
    sent: (coinId, isAbove) => void passages.set(coinId, { sentAt: now(), isAbove }),
    takeTicks({ ticks, appendedAt }) {
      for (const { coinId, price } of ticks) {
        const passage = passages.get(coinId);
        if (passage === undefined || passage.readAt !== undefined || price > LEVEL !== passage.isAbove)
          continue;
        passage.appendedAt = realTimeOf(appendedAt);
        passage.readAt = now();
      }
    },
    takeAlerts({ alerts, appendedAt }, isCounted) {
      for (const alert of alerts) {
        const passage = passages.get(alert.coinId);
        if (isResolvedEvent(alert) || passage === undefined) continue;
        passages.delete(alert.coinId);
        if (!isCounted) continue;
        const { sentAt } = passage;
        if (passage.appendedAt !== undefined) appended.push(passage.appendedAt - sentAt);
        // The benchmark may be slower to read the tick than the process that evaluates it.
        if (passage.readAt !== undefined) read.push(passage.readAt - sentAt);
        raised.push(realTimeOf(appendedAt) - sentAt);
        alerted.push(now() - sentAt);
      }
    },
  };
}
