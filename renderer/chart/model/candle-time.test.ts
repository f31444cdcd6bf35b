import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 26, 12);

/** Zones far east and west of UTC, one with half an hour, UTC itself, and one with summer time. */
const ZONES = ['Pacific/Apia', 'America/Los_Angeles', 'Asia/Kolkata', 'UTC', 'Europe/Berlin'];

describe.each(ZONES)('dates of candles in %s', (zone) => {
  beforeEach(() => {
    vi.stubEnv('TZ', zone);
    // Formatters keep the time zone in which they were created.
    vi.resetModules();
  });
  afterEach(() => void vi.unstubAllEnvs());

  it('are those of UTC for daily candles', async () => {
    const { candleDate, shortCandleDate } = await import('./candle-time.ts');
    const start = Date.UTC(2026, 2, 12);
    expect(candleDate(start, '1d')).toBe('12 Mar 2026\u00a0UTC');
    expect(shortCandleDate(start, '1d', NOW)).toBe('12 Mar');
  });

  it('are on the axis at the starts of their candles', async () => {
    const [{ calendarOf }, { timeTicks }] = await Promise.all([
      import('./candle-time.ts'),
      import('./time-ticks.ts'),
    ]);
    // Across the beginning and the end of summer time.
    for (const from of [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 25), Date.UTC(2026, 9, 20)]) {
      const ticks = timeTicks({ from, to: from + 12 * DAY }, 12, { calendar: calendarOf('1d'), now: NOW });
      expect(ticks.map(({ at }) => at)).toEqual(Array.from({ length: 13 }, (_, n) => from + n * DAY));
      for (const { at, label } of ticks) expect(label).toMatch(new RegExp(`^${new Date(at).getUTCDate()} `));
    }
  });

  it('are local for shorter candles', async () => {
    const { candleDate, shortCandleDate } = await import('./candle-time.ts');
    const start = new Date(2026, 2, 12, 14, 0).getTime();
    expect(candleDate(start, '1h')).toBe('12 Mar 2026, 14:00');
    expect(shortCandleDate(start, '1h', NOW)).toBe('12 Mar, 14:00');
  });
});

describe('dates of another year', () => {
  it('include it everywhere', async () => {
    vi.resetModules();
    const [{ shortCandleDate }, { timeTicks }, { formatMoment }, { localCalendar }] = await Promise.all([
      import('./candle-time.ts'),
      import('./time-ticks.ts'),
      import('../../../shared/format/local-time.ts'),
      import('../../time/calendar.ts'),
    ]);
    const at = new Date(2024, 2, 12, 14, 3).getTime();
    expect(shortCandleDate(at, '1m', NOW)).toBe('12 Mar 2024, 14:03');
    expect(shortCandleDate(Date.UTC(2024, 2, 12), '1d', NOW)).toBe('12 Mar 2024');
    expect(formatMoment(at, NOW)).toBe('12 Mar 2024, 14:03');
    const labels = (spanMs: number) =>
      timeTicks({ from: at, to: at + spanMs }, 6, { calendar: localCalendar, now: NOW });
    expect(labels(2 * DAY).filter(({ isMajor }) => isMajor)[0]?.label).toBe('13 Mar 2024');
    expect(labels(5 * DAY)[0]?.label).toBe('13 Mar 2024');
    expect(labels(150 * DAY)[0]?.label).toBe('Apr 2024');
  });
});
