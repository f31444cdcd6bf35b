import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { textOf } from '../../../tests/text-of.ts';
import type { LogBatch } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { createAppender } from './appender.ts';

function batchAt(observedAt: number): LogBatch {
  const tick: Tick = {
    coinId: 'bitcoin',
    vsCurrency: 'usd',
    observedAt,
    price: 1,
    volume24h: null,
    amount: null,
    marketCap: null,
    change24hPct: null,
    source: 'coingecko',
  };
  const { coinId, vsCurrency, price, source } = tick;
  const alert: Alert = {
    id: `a${observedAt}`,
    rule: 'r',
    coinId,
    vsCurrency,
    source,
    observedAt,
    price,
    kind: 'r',
    params: {},
    severity: 'info',
    direction: null,
    figures: {},
  };
  return { ticks: [tick], alerts: [alert] };
}

function setUp(most = Number.POSITIVE_INFINITY) {
  const clock = virtualClock(0);
  const happened: string[] = [];
  let broken: Error | null = null;
  const appender = createAppender({
    append: async (batches) => {
      if (broken) throw broken;
      const appended = batches.slice(0, most);
      happened.push(`appended ${appended.map(({ ticks }) => ticks[0]?.observedAt).join(' and ')}`);
      return appended.length;
    },
    deliverUnlogged: (alerts) => happened.push(...alerts.map(({ id }) => `delivered ${id}`)),
    clock,
    random: () => 0.5,
    log: silentLog,
    report: () => undefined,
  });
  return {
    appender,
    clock,
    happened,
    breakDisk: () => {
      broken = new Error('the disk is full.'); // a sentence of its own
    },
    mendDisk: () => {
      broken = null;
    },
  };
}

describe('appender', () => {
  it('appends batches in order, and leaves their alerts to the consumers of the log', async () => {
    const { appender, clock, happened } = setUp();
    appender.append(batchAt(1));
    await clock.advance(0);
    appender.append(batchAt(2));
    await appender.stop();
    expect(happened).toEqual(['appended 1', 'appended 2']);
  });

  it('appends the batches of one turn together, and continues after those that were appended', async () => {
    const { appender, happened } = setUp(2);
    for (let at = 1; at <= 5; at++) appender.append(batchAt(at));
    await appender.settled();
    expect(happened).toEqual(['appended 1 and 2', 'appended 3 and 4', 'appended 5']);
    expect(appender.waiting()).toEqual([]);
  });

  it('delivers alerts while the disk fails, and appends in order when it works again', async () => {
    const { appender, clock, happened, breakDisk, mendDisk } = setUp();
    breakDisk();
    appender.append(batchAt(1));
    appender.append(batchAt(2));
    await clock.advance(0);
    appender.append(batchAt(3));
    expect(happened).toEqual(['delivered a1', 'delivered a2', 'delivered a3']);
    expect(textOf(appender.problem()?.message)).toBe(
      'Prices cannot be saved: the disk is full. 3 batches wait in memory.',
    );
    mendDisk();
    await clock.advance(60_000);
    expect(happened.slice(3)).toEqual(['appended 1', 'appended 2 and 3']);
    expect(appender.problem()).toBeNull();
  });

  it('tries once more when it is stopped', async () => {
    const { appender, clock, happened, breakDisk, mendDisk } = setUp();
    breakDisk();
    appender.append(batchAt(1));
    await clock.advance(0);
    mendDisk();
    await appender.stop();
    expect(happened).toEqual(['delivered a1', 'appended 1']);
  });
});
