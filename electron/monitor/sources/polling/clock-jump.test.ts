import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { verbatim } from '../../../../shared/messages/message.ts';
import { createAlertEngine } from '../../alerts/engine.ts';
import { movingAverageRule } from '../../alerts/rule-fixture.ts';
import { createAppender } from '../../ingest/appender.ts';
import type { LogBatch } from '../../log/tick-log.ts';
import { silentLog } from '../../logging/logger.ts';
import { type Clock, virtualClock } from '../../time/clock.ts';
import { FeedError, type PriceSource } from '../price-source.ts';
import { createPoller } from './poller.ts';

const START = Date.parse('2026-03-01T12:00:00Z');
const MINUTE_MS = 60_000;
const POLL_MS = 30_000;

/**
 * Poller, alert engine and appender on a machine whose clock can be set, with a provider whose clock is right. A
 * request takes two seconds; the price hardly moves.
 */
function machine(isFailing: (at: number) => boolean = () => false) {
  const truth = virtualClock(START);
  let offsetMs = 0;
  const clock: Clock = { now: () => truth.now() + offsetMs, sleep: truth.sleep, speed: 1 };
  const served: number[] = [];
  const accepted: Tick[] = [];
  const alerts: Alert[] = [];
  const source: PriceSource = {
    name: 'provider',
    async fetchPrices({ coins, vsCurrency }, signal) {
      await truth.sleep(2_000, signal);
      if (isFailing(truth.now())) throw new FeedError('unreachable', verbatim('no connection'));
      const observedAt = truth.now() - 1_000;
      served.push(observedAt);
      const price = 100 + Math.sin(observedAt / MINUTE_MS) / 10;
      const figures = { volume24h: null, amount: null, marketCap: null, change24hPct: null };
      const rest = { vsCurrency, observedAt, price, ...figures };
      return {
        ticks: coins.map((coinId) => ({ coinId, source: 'provider', ...rest })),
        missing: [],
        rejected: [],
        simulated: false,
      };
    },
  };
  const engine = createAlertEngine([movingAverageRule()]);
  const appender = createAppender({
    append: async (batches: readonly LogBatch[]) => {
      accepted.push(...batches.flatMap(({ ticks }) => ticks));
      alerts.push(...batches.flatMap((batch) => batch.alerts));
      return batches.length;
    },
    deliverUnlogged: () => undefined,
    clock,
    random: () => 0.5,
    log: silentLog,
    report: () => undefined,
  });
  const poller = createPoller({
    source,
    clock,
    random: () => 0.5,
    log: silentLog,
    request: { coins: ['bitcoin'], vsCurrency: 'usd' },
    pollMs: () => POLL_MS,
    listener: {
      onTicks: (ticks) => appender.append({ ticks, alerts: ticks.flatMap((tick) => engine.check(tick)) }),
      onState: () => undefined,
      onBatch: () => undefined,
    },
  });
  poller.start();
  return {
    served,
    accepted,
    alerts,
    advance: truth.advance,
    setClock: (ms: number) => {
      offsetMs += ms;
    },
    async stop() {
      await poller.stop();
      await appender.stop();
    },
  };
}

const gapsOf = (times: readonly number[]): readonly number[] =>
  times.slice(1).map((at, index) => at - (times[index] ?? at));

describe('a machine whose clock jumps', () => {
  const jump = fc.record({
    afterMs: fc.integer({ min: 0, max: 3 * MINUTE_MS }),
    byMs: fc.constantFrom(-86_400_000, -3_600_000, -90_000, -1_000, 500, 61_000, 3_600_000, 86_400_000 * 30),
  });

  it('keeps polling at its interval, stores every price once, and raises no alert', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(jump, { minLength: 1, maxLength: 5 }), async (jumps) => {
        const test = machine();
        for (const { afterMs, byMs } of jumps) {
          await test.advance(afterMs);
          test.setClock(byMs);
        }
        await test.advance(5 * MINUTE_MS);
        await test.stop();
        expect(test.accepted.map(({ observedAt }) => observedAt)).toEqual(test.served);
        expect(test.alerts).toEqual([]);
        expect(test.served.length).toBeGreaterThan(9);
        // Setting the clock forward during a request makes the next one start sooner, never later.
        for (const gap of gapsOf(test.served)) expect(gap).toBeLessThanOrEqual(POLL_MS + 2_000);
      }),
      { numRuns: 40 },
    );
  });

  it('does not wait longer after a failure than without the jump', async () => {
    for (const byMs of [-3_600_000, 3_600_000]) {
      const test = machine((at) => at < START + MINUTE_MS);
      await test.advance(1_000);
      test.setClock(byMs); // during the first request
      await test.advance(20_000);
      test.setClock(byMs);
      await test.advance(3 * MINUTE_MS);
      await test.stop();
      expect(test.served.length).toBeGreaterThan(2);
    }
  });
});
