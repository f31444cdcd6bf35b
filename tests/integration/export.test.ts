import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../program.ts';
import { alert, candlesByDefinition, openTestStorage, tick, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const SOURCE = 'a "source", with \\ and \n';

const TICKS = Array.from({ length: 12_000 }, (_, step) =>
  tick({
    observedAt: START + step * 61_000,
    price: 100 + Math.sin(step) / 3,
    amount: step % 2 === 0 ? null : 0.25,
    source: step === 7 ? SOURCE : 'kraken',
  }),
);

describe('the command export', () => {
  it('writes ticks, candles and alerts as they are stored, oldest first', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.accept({ ticks: TICKS, alerts: [alert({ id: 'one', observedAt: START + 5 })] });
      await storage.accept({ ticks: [tick({ coinId: 'zcash', observedAt: START })], alerts: [] });
      await storage.untilWritten();
      const exported = async (...args: string[]) => {
        const result = await runCli(['export', ...args, '--coin', 'bitcoin'], { MONITOR_DATA_DIR: dataDir });
        expect(result).toMatchObject({ code: 0, stderr: '' });
        return result.stdout;
      };

      const rows = (await exported('ticks', '--format', 'jsonl')).trimEnd().split('\n');
      expect(rows.map((row) => JSON.parse(row))).toEqual(
        TICKS.map(({ observedAt, price, amount, source }) => ({
          observed_at: new Date(observedAt).toISOString(),
          price,
          volume: amount,
          volume_24h: null,
          market_cap: null,
          source,
        })),
      );
      const csv = await exported('ticks', '--from', '2026-01-01T00:00:00Z', '--to', '2026-01-01T00:02:02Z');
      expect(csv).toBe(
        'observed_at,price,volume,volume_24h,market_cap,source\n' +
          `2026-01-01T00:00:00.000Z,${TICKS[0]?.price},,,,kraken\n` +
          `2026-01-01T00:01:01.000Z,${TICKS[1]?.price},0.25,,,kraken\n`,
      );

      const own = TICKS.filter(({ source }) => source === 'kraken');
      for (const interval of ['1m', '4h', '1w'] as const) {
        const file = join(dataDir, `${interval}.csv`);
        expect(await exported('candles', '--interval', interval, '--out', file)).toBe('');
        const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
        const expected = candlesByDefinition(own, interval, 'traded').filter(
          // In this minute, the odd source has the only tick.
          ({ start }) => interval !== '1m' || start !== Math.floor((START + 7 * 61_000) / 60_000) * 60_000,
        );
        expect(lines[0]).toBe('bucket,open,high,low,close,volume');
        const withoutOdd = lines
          .slice(1)
          .filter((line) => interval !== '1m' || !line.startsWith('2026-01-01T00:07'));
        expect(withoutOdd).toEqual(
          expected.map(
            ({ start, open, high, low, close, volume }) =>
              `${new Date(start).toISOString()},${open},${high},${low},${close},${volume ?? ''}`,
          ),
        );
      }
      expect(JSON.parse(await exported('alerts', '--format', 'jsonl'))).toMatchObject({
        observed_at: '2026-01-01T00:00:00.005Z',
        id: 'one',
        figures: { average: 100, changePct: 3 },
      });
      await storage.stop(10_000);
    }));

  it('says what is wrong with a command line', async () => {
    const said = async (...args: string[]) => (await runCli(['export', ...args], {})).stderr;
    expect(await said('quotes', '--coin', 'bitcoin')).toContain('Allowed choices are ticks, candles, alerts');
    expect(await said('ticks')).toContain('--coin');
    expect(await said('candles', '--coin', 'bitcoin', '--interval', '1y')).toContain('such as 45m');
    expect(await said('ticks', '--coin', 'bitcoin', '--from', 'yesterday')).toContain('ISO 8601');
  });
});
