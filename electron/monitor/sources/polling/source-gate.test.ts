import { describe, expect, it } from 'vitest';
import { silentLog } from '../../logging/logger.ts';
import { virtualClock } from '../../time/clock.ts';
import type { PriceBatch, PriceSource } from '../price-source.ts';
import { createPoller } from './poller.ts';
import { createSourceGate } from './source-gate.ts';

const EMPTY: PriceBatch = { ticks: [], missing: [], rejected: [], simulated: false };
const REQUEST = { coins: ['bitcoin'], vsCurrency: 'usd' };

function countingSource(): PriceSource & { requested(): number } {
  let count = 0;
  return {
    name: 'counting',
    requested: () => count,
    async fetchPrices() {
      count += 1;
      return EMPTY;
    },
  };
}

describe('a gate in front of a source', () => {
  it('delays requests while it is closed and makes them when it opens', async () => {
    const inner = countingSource();
    const gate = createSourceGate(inner);
    gate.close();
    const batch = gate.source.fetchPrices(REQUEST, new AbortController().signal);
    await new Promise((resolve) => setImmediate(resolve));
    expect(inner.requested()).toBe(0);
    gate.open();
    expect(await batch).toBe(EMPTY);
    expect(inner.requested()).toBe(1);
  });

  it('rejects a request that is aborted while it waits', async () => {
    const inner = countingSource();
    const gate = createSourceGate(inner);
    gate.close();
    const abort = new AbortController();
    const batch = gate.source.fetchPrices(REQUEST, abort.signal);
    abort.abort(new Error('aborted'));
    await expect(batch).rejects.toThrow('aborted');
    expect(inner.requested()).toBe(0);
  });

  it('pauses a poller for hours, which then polls once', async () => {
    const clock = virtualClock(Date.UTC(2026, 0, 1));
    const inner = countingSource();
    const gate = createSourceGate(inner);
    const poller = createPoller({
      source: gate.source,
      clock,
      random: () => 0.5,
      log: silentLog,
      listener: { onTicks: () => undefined, onState: () => undefined, onBatch: () => undefined },
      request: REQUEST,
      pollMs: () => 60_000,
    });
    poller.start();
    await clock.advance(90_000);
    expect(inner.requested()).toBe(2);
    gate.close();
    await clock.advance(8 * 3_600_000);
    expect(inner.requested()).toBe(2);
    gate.open();
    poller.change(REQUEST);
    await clock.advance(50_000);
    expect(inner.requested()).toBe(3);
    await poller.stop();
  });
});
