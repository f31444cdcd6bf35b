import { describe, expect, it } from 'vitest';
import type { Fault } from '../../demo/faults.ts';
import { startDemoServer } from '../../demo/server.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { coinGeckoSource } from '../../electron/monitor/sources/coingecko/coingecko.ts';
import { createPoller } from '../../electron/monitor/sources/polling/poller.ts';
import { scaledClock } from '../../electron/monitor/time/clock.ts';
import type { FeedState } from '../../shared/domain/feed-state.ts';
import type { Tick } from '../../shared/domain/tick.ts';

/** Fast enough that the 15 minutes after a refusal take a second. */
const SPEED = 1_000;

const FAULTS: readonly (readonly [Fault, FeedState['status']])[] = [
  [{ kind: 'status', status: 500 }, 'offline'],
  [{ kind: 'status', status: 429, retryAfterSeconds: 60 }, 'rate-limited'],
  [{ kind: 'status', status: 429, retryAfterSeconds: 60, retryAfterAs: 'date' }, 'rate-limited'],
  [{ kind: 'status', status: 429 }, 'rate-limited'],
  [{ kind: 'status', status: 403 }, 'stopped'],
  [{ kind: 'reset' }, 'offline'],
  [{ kind: 'hang' }, 'offline'],
  [{ kind: 'truncate', bytes: 30, cut: true }, 'offline'],
  [{ kind: 'truncate', bytes: 30, cut: false }, 'offline'],
  [{ kind: 'text', text: '<html>', contentType: 'text/html' }, 'offline'],
  [{ kind: 'json', value: [] }, 'offline'],
  [{ kind: 'empty' }, 'offline'],
  [{ kind: 'json', value: {} }, 'offline'],
  [{ kind: 'json', value: { error: 'Internal error' } }, 'offline'],
  [{ kind: 'json', value: { status: { error_code: 429, error_message: 'Too many' } } }, 'rate-limited'],
  [{ kind: 'json', value: { status: { error_code: 10_002, error_message: 'No key' } } }, 'stopped'],
];

/** Lets a test wait for values that a listener receives. */
function createWatch<T>() {
  let values: readonly T[] = [];
  let wake = (): void => {};
  return {
    add(value: T): void {
      values = [...values, value];
      wake();
    },
    /** The position after the first matching value from `from` on. */
    async until(from: number, isMeant: (value: T) => boolean): Promise<number> {
      for (;;) {
        const found = values.findIndex((value, at) => at >= from && isMeant(value));
        if (found >= 0) return found + 1;
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
    count: () => values.length,
  };
}

describe('the poller with a failing provider', () => {
  it('recovers from every fault, and passes on each served value exactly once', async () => {
    const clock = scaledClock(SPEED, Date.now());
    const server = await startDemoServer({ clock, seed: 'faults', record: true });
    const ticks: Tick[] = [];
    const states = createWatch<FeedState>();
    const feed = createPoller({
      source: coinGeckoSource({
        baseUrl: `${server.url}/api/v3`,
        apiKey: null,
        plan: 'keyless',
        timeoutMs: 3_000,
        clock,
      }),
      clock,
      random: Math.random,
      log: silentLog,
      request: { coins: ['bitcoin', 'ethereum', 'zcash'], vsCurrency: 'usd' },
      pollMs: () => 30_000,
      listener: { onTicks: (news) => ticks.push(...news), onState: states.add, onBatch: () => {} },
    });
    try {
      feed.start();
      let place = await states.until(0, (state) => state.status === 'live');
      for (const [fault, status] of FAULTS) {
        server.setFault({ endpoint: '/simple/price', fault, times: 1 });
        place = await states.until(place, (state) => state.status === status);
        place = await states.until(place, (state) => state.status === 'live');
      }
      // Nothing new is served any more, so that no value is in flight at the stop.
      server.freeze(clock.now());
      place = await states.until(states.count(), (state) => 'lastSuccessAt' in state);
      await states.until(place, (state) => 'lastSuccessAt' in state);
    } finally {
      await feed.stop();
      await server.close();
    }
    const served = new Set(
      server
        .served()
        .map(({ coinId, price, lastUpdatedAt }) => JSON.stringify([coinId, lastUpdatedAt, price])),
    );
    const brought = ticks.map(({ coinId, observedAt, price }) => JSON.stringify([coinId, observedAt, price]));
    expect(brought.length).toBeGreaterThan(FAULTS.length);
    expect(brought.toSorted()).toEqual([...served].toSorted());
  });
});
