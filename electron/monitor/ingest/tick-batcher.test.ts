import { describe, expect, it } from 'vitest';
import { alert, tick as tickOf } from '../log/log-fixture.ts';
import type { LogBatch } from '../log/tick-log.ts';
import { virtualClock } from '../time/clock.ts';
import { createTickBatcher } from './tick-batcher.ts';

const AT = Date.UTC(2026, 0, 5, 12);

const tick = (observedAt: number) => tickOf('bitcoin', observedAt);
const ALERT = alert('one', AT);

function start(longestWaitMs?: () => number) {
  const clock = virtualClock(AT);
  const kept: LogBatch[] = [];
  return { clock, kept, batcher: createTickBatcher(clock, (fetch) => kept.push(fetch), longestWaitMs) };
}

describe('batching of trades for the log', () => {
  it('appends trades together, in order, a second after the first', async () => {
    const { clock, kept, batcher } = start();
    batcher.add([tick(AT)], []);
    await clock.advance(100);
    batcher.add([tick(AT + 100)], []);
    expect(kept).toEqual([]);
    await clock.advance(900);
    expect(kept).toEqual([{ ticks: [tick(AT), tick(AT + 100)], alerts: [] }]);
    await clock.advance(1_000);
    expect(kept).toHaveLength(1);
  });

  it('waits for the time that is set when the first trade arrives', async () => {
    let waitMs = 20;
    const { clock, kept, batcher } = start(() => waitMs);
    batcher.add([tick(AT)], []);
    waitMs = 500;
    await clock.advance(20);
    expect(kept).toHaveLength(1);
    batcher.add([tick(AT + 20)], []);
    await clock.advance(499);
    expect(kept).toHaveLength(1);
    await clock.advance(1);
    expect(kept).toHaveLength(2);
  });

  it('appends immediately with an alert, including earlier trades', async () => {
    const { clock, kept, batcher } = start();
    batcher.add([tick(AT)], []);
    batcher.add([tick(AT + 1)], [ALERT]);
    expect(kept).toEqual([{ ticks: [tick(AT), tick(AT + 1)], alerts: [ALERT] }]);
    await clock.advance(1_000);
    expect(kept).toHaveLength(1);
  });

  it('appends when there are five hundred', () => {
    const { kept, batcher } = start();
    for (let index = 0; index < 1_200; index++) batcher.add([tick(AT + index)], []);
    batcher.flush();
    expect(kept.map(({ ticks }) => ticks.length)).toEqual([500, 500, 200]);
    expect(kept.flatMap(({ ticks }) => ticks.map(({ observedAt }) => observedAt - AT))).toEqual(
      Array.from({ length: 1_200 }, (_, index) => index),
    );
  });

  it('resolves when the waiting trades were appended, and immediately without any', async () => {
    const { clock, kept, batcher } = start();
    await batcher.passedOn();
    batcher.add([tick(AT)], []);
    let seen = -1;
    const waited = batcher.passedOn().then(() => {
      seen = kept.length;
    });
    await clock.advance(999);
    expect(seen).toBe(-1);
    await clock.advance(1);
    await waited;
    expect(seen).toBe(1);
    batcher.add([tick(AT + 1_000)], []);
    const flushed = batcher.passedOn();
    batcher.flush();
    await flushed;
    expect(kept).toHaveLength(2);
  });

  it('appends nothing without trades', () => {
    const { kept, batcher } = start();
    batcher.flush();
    expect(kept).toEqual([]);
  });
});
