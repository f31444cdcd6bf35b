import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../shared/domain/alert.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import type { LogBatch } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { createKeeper } from './keeper.ts';

function fetchAt(observedAt: number): LogBatch {
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

function setUp() {
  const clock = virtualClock(0);
  const happened: string[] = [];
  let broken: Error | null = null;
  const keeper = createKeeper({
    accept: async ({ ticks }) => {
      if (broken) throw broken;
      happened.push(`accepted ${ticks[0]?.observedAt}`);
    },
    deliver: (alerts) => happened.push(...alerts.map(({ id }) => `delivered ${id}`)),
    clock,
    random: () => 0.5,
    log: silentLog,
    onChange: () => undefined,
  });
  return {
    keeper,
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

describe('keeper', () => {
  it('tells an alert only once its fetch is accepted', async () => {
    const { keeper, happened } = setUp();
    keeper.keep(fetchAt(1));
    keeper.keep(fetchAt(2));
    expect(happened).not.toContain('delivered a1');
    await keeper.stop();
    expect(happened).toEqual(['accepted 1', 'delivered a1', 'accepted 2', 'delivered a2']);
  });

  it('tells alerts all the same while the disk fails, and accepts in order when it works again', async () => {
    const { keeper, clock, happened, breakDisk, mendDisk } = setUp();
    breakDisk();
    keeper.keep(fetchAt(1));
    keeper.keep(fetchAt(2));
    await clock.advance(0);
    keeper.keep(fetchAt(3));
    expect(happened).toEqual(['delivered a1', 'delivered a2', 'delivered a3']);
    expect(keeper.problem()?.message).toBe(
      'Prices cannot be saved: the disk is full. 3 answers wait in memory.',
    );
    mendDisk();
    await clock.advance(60_000);
    expect(happened.slice(3)).toEqual(['accepted 1', 'accepted 2', 'accepted 3']);
    expect(keeper.problem()).toBeNull();
  });

  it('tries once more when it is stopped', async () => {
    const { keeper, clock, happened, breakDisk, mendDisk } = setUp();
    breakDisk();
    keeper.keep(fetchAt(1));
    await clock.advance(0);
    mendDisk();
    await keeper.stop();
    expect(happened).toEqual(['delivered a1', 'accepted 1']);
  });
});
