import { describe, expect, it } from 'vitest';
import type { PastCandle } from '../../../shared/domain/past-candle.ts';
import { movingAverageRule, ruleOf } from '../alerts/rule-fixture.ts';
import { Superseded } from './editor-runs.ts';
import { createRulePreviews } from './rule-previews.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const NOW = Date.UTC(2026, 0, 31);

const candle = (start: number, close: number): PastCandle => ({
  start,
  lengthMs: MINUTE_MS,
  open: close,
  high: close,
  low: close,
  close,
  volume: null,
  tickCount: 4,
});

const NOTHING_STORED: Parameters<typeof createRulePreviews>[0] = {
  rules: () => [],
  read: async () => [],
  readTicks: async () => null,
  vsCurrency: () => 'usd',
  now: () => NOW,
};

/** This many minutes of a flat market, with this many ticks each. */
const minutesFrom = (from: number, count: number, tickCount: number): readonly PastCandle[] =>
  Array.from({ length: count }, (_, minute) => ({ ...candle(from + minute * MINUTE_MS, 100), tickCount }));

/** A flat market whose price is 103 for one minute at each of these times, from `from` on. */
function marketFrom(from: number, jumps: readonly number[]) {
  const requested: { from: number; to: number }[] = [];
  const previews = createRulePreviews({
    rules: () => [],
    readTicks: async () => null,
    async read({ from: wantedFrom, to }) {
      requested.push({ from: wantedFrom, to });
      const first = Math.max(wantedFrom, from);
      return Array.from({ length: (to - first) / MINUTE_MS }, (_, index) => {
        const start = first + index * MINUTE_MS;
        return candle(start, jumps.includes(start) ? 103 : 100);
      });
    },
    vsCurrency: () => 'usd',
    now: () => NOW,
  });
  return { requested, previews };
}

describe('a preview', () => {
  it('shows what the rule would have raised in the last week, with the days', async () => {
    const jumps = [NOW - 8 * DAY_MS, NOW - 3 * DAY_MS, NOW - 3 * DAY_MS + 60 * MINUTE_MS, NOW - MINUTE_MS];
    const { previews } = marketFrom(0, jumps);
    const preview = await previews.preview('a', movingAverageRule(), 'bitcoin');
    expect(preview.firings.map(({ observedAt }) => observedAt)).toEqual(jumps.slice(1));
    expect(preview).toMatchObject({
      alerts: 3,
      perWeek: expect.closeTo(3),
      days: [
        { day: NOW - 3 * DAY_MS, alerts: 2 },
        { day: NOW - DAY_MS, alerts: 1 },
      ],
      worstDay: { day: NOW - 3 * DAY_MS, alerts: 2 },
      covered: { from: NOW - 7 * DAY_MS, to: NOW - 1 },
    });
    expect(preview.line.map(([, price]) => price)).toContain(103);
  });

  it('fills the windows of the rule with earlier prices of up to 30 days, and reports their range', async () => {
    const { previews, requested } = marketFrom(NOW - 10 * DAY_MS, []);
    const month = ruleOf('high-low', { hours: 720 });
    const preview = await previews.preview('a', month, 'bitcoin');
    expect(requested).toEqual([{ from: NOW - 37 * DAY_MS, to: NOW }]);
    expect(preview).toMatchObject({ wantedWarmUpMs: 30 * DAY_MS, warmUpMs: 3 * DAY_MS });
  });

  it('uses only prices received by the program for a no-data rule', async () => {
    const previews = createRulePreviews({
      ...NOTHING_STORED,
      read: async () => [
        ...minutesFrom(NOW - 2 * DAY_MS, 60, 4),
        ...minutesFrom(NOW - 2 * DAY_MS + 60 * MINUTE_MS, 45, 0), // backfilled history
        ...minutesFrom(NOW - 2 * DAY_MS + 105 * MINUTE_MS, 60, 4),
      ],
    });
    const preview = await previews.preview('a', ruleOf('no-data', { minutes: 30 }), 'bitcoin');
    expect(preview.alerts).toBe(1);
    expect(preview.notes.map(({ code }) => code)).toContain('backtest.own-prices');
  });

  it('uses the ticks of each source for a spread, and names a source without any', async () => {
    const times = Float64Array.from({ length: 60 }, (_, minute) => NOW - (60 - minute) * MINUTE_MS);
    const columnsOf = (source: string, price: number) => ({
      source,
      times,
      prices: times.map((_, index) => (index >= 30 ? price : 100)),
      amounts: times.map(() => 1),
    });
    const rule = ruleOf('spread', { spreadPct: 1, sources: ['kraken', 'coinbase'], maxAgeSeconds: 60 });
    const both = createRulePreviews({
      ...NOTHING_STORED,
      readTicks: async ({ source }) => columnsOf(source, source === 'kraken' ? 103 : 100),
    });
    expect(await both.preview('a', rule, 'bitcoin')).toMatchObject({
      on: 'ticks',
      alerts: 1,
      firings: [{ direction: 'up', observedAt: NOW - 30 * MINUTE_MS }],
      notes: [],
    });
    const one = createRulePreviews({
      ...NOTHING_STORED,
      readTicks: async ({ source }) => (source === 'kraken' ? columnsOf(source, 103) : null),
    });
    expect(await one.preview('a', rule, 'bitcoin')).toMatchObject({
      alerts: 0,
      notes: [{ code: 'backtest.no-ticks-of', params: { source: 'coinbase' } }],
    });
    const none = createRulePreviews(NOTHING_STORED);
    expect(await none.preview('a', rule, 'bitcoin')).toMatchObject({ on: 'ticks', covered: null });
  });

  it('reports that there are no prices', async () => {
    const { previews } = marketFrom(NOW, []);
    expect(await previews.preview('a', movingAverageRule(), 'bitcoin')).toMatchObject({
      covered: null,
      line: [],
      alerts: 0,
      perWeek: null,
    });
  });

  it('is cancelled by the next one of the same editor, and by no other', async () => {
    const { previews } = marketFrom(0, []);
    const first = previews.preview('a', movingAverageRule(1), 'bitcoin');
    const other = previews.preview('b', movingAverageRule(1), 'bitcoin');
    const second = previews.preview('a', movingAverageRule(3), 'bitcoin');
    await expect(first).rejects.toThrow(Superseded);
    await expect(other).resolves.toMatchObject({ alerts: 0 });
    await expect(second).resolves.toMatchObject({ alerts: 0 });
  });

  it('ends when the program stops', async () => {
    const { previews } = marketFrom(0, []);
    const running = previews.preview('a', movingAverageRule(), 'bitcoin');
    previews.stop();
    await expect(running).rejects.toThrow(Superseded);
  });
});
