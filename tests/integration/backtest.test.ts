import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../program.ts';
import { openTestStorage, queryEmbedded, tick, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 5);
const RULE = JSON.stringify({ kind: 'moving-average', params: { thresholdPct: 2, windowMinutes: 5 } });

/** A price every 30 s that wanders, with a jump of 3% in the 60th and the 500th minute. */
const TICKS = Array.from({ length: 1_440 }, (_, index) => {
  const jumps = index < 120 ? 0 : index < 1_000 ? 1 : 2;
  return tick({
    coinId: 'bitcoin',
    observedAt: START + index * 30_000,
    price: 100 * 1.03 ** jumps * (1 + 0.002 * Math.sin(index / 7)),
  });
});

/** The times at which prices became more than 2% different from the mean of the five minutes before, after a return to 1.5%. */
const CROSSINGS = `
  with prices as (
    select observed_at as at, price::double precision as price,
      avg(price::double precision) over window_before as mean,
      count(*) over window_before as earlier
    from ticks window window_before as (
      order by observed_at range between interval '5 minutes' preceding and interval '1 microsecond' preceding)
  ),
  states as (
    select at, case
      when earlier < 3 then null
      when abs(price / mean - 1) > 0.02 then true
      when abs(price / mean - 1) < 0.015 then false end as is_over
    from prices
  ),
  known as (select at, is_over, lag(is_over) over (order by at) as was_over from states where is_over is not null)
  select (extract(epoch from at) * 1000)::double precision as at from known where is_over and was_over is not true order by at`;

describe('the command backtest', () => {
  it('finds the same alerts in stored ticks as SQL, while the program runs and after it has stopped', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.untilWritten();
      const expected = await queryEmbedded<{ at: number }>(dataDir, CROSSINGS);
      const range = ['--from', '2026-01-05T00:00:00Z', '--to', '2026-01-06T00:00:00Z'];
      const args = ['backtest', '--rule', RULE, '--coin', 'bitcoin', ...range];
      // The database of the running program …
      const running = await runCli([...args, '--on', 'ticks', '--format', 'jsonl'], {
        MONITOR_DATA_DIR: dataDir,
      });
      await storage.stop(10_000);
      expect(running).toMatchObject({ code: 0, stderr: '' });
      const lines = running.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.slice(0, -1).map(({ observedAt }) => observedAt)).toEqual(expected.map(({ at }) => at));
      expect(lines.at(-1)).toMatchObject({
        type: 'summary',
        alerts: 2,
        prices: 1_440,
        missed: [],
        lookAhead: null,
        restart: null,
      });

      // … and that of a stopped one, with the rule in a file, on candles.
      const file = join(dataDir, 'rule.json');
      writeFileSync(file, RULE);
      const stopped = await runCli(['backtest', '--rule', file, '--coin', 'bitcoin', ...range], {
        MONITOR_DATA_DIR: dataDir,
      });
      expect(stopped).toMatchObject({ code: 0, stderr: '' });
      expect(stopped.stdout).toMatch(/^alerts {5}2$/m);
      expect(stopped.stdout).toContain('price changed by more than 2% from the 5-min average');

      // The rule is also checked at every price, and raises nothing.
      const checked = await runCli(
        ['backtest', '--rule', RULE, '--coin', 'bitcoin', ...range, '--check', '--on', 'ticks'],
        { MONITOR_DATA_DIR: dataDir },
      );
      expect(checked).toMatchObject({ code: 0, stderr: '' });
      expect(checked.stdout).toMatch(/^look-ahead none\nrestart {4}the same alerts$/m);
    }));

  it('fills the windows of a rule with prices stored before the range', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      // Two days at 110, then 100. 105 is not a new high of 24 hours; 111 would be.
      const ticks = Array.from({ length: 2_880 }, (_, minute) =>
        tick({
          observedAt: START + minute * 60_000,
          price: minute < 1_440 ? 110 : minute === 2_000 ? 105 : minute === 2_001 ? 111 : 100,
        }),
      );
      await storage.accept({ ticks, alerts: [] });
      await storage.untilWritten();
      await storage.stop(10_000);
      const rule = JSON.stringify({ kind: 'high-low', params: { hours: 24 }, direction: 'up' });
      for (const on of ['ticks', 'candles']) {
        const range = ['--from', '2026-01-06T06:00:00Z', '--to', '2026-01-07T00:00:00Z', '--on', on];
        const { stdout, stderr } = await runCli(
          ['backtest', '--rule', rule, '--coin', 'bitcoin', '--format', 'jsonl', ...range],
          { MONITOR_DATA_DIR: dataDir },
        );
        expect(stderr).toBe('');
        const lines = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        expect(lines.map(({ type, price }) => [type, price])).toEqual([
          ['alert', 111],
          ['summary', undefined],
        ]);
        expect(lines.at(-1)).toMatchObject({ from: START + 30 * 3_600_000, notes: [] });
      }
    }));

  it('runs rules that compare sources, that fire without prices, and that refer to other rules', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      // Three hours from two exchanges: ten minutes with a difference of 1%, forty without prices, and 3% higher at the end.
      const minutes = Array.from({ length: 180 }, (_, minute) => minute).filter(
        (one) => one < 100 || one > 140,
      );
      const ticks = minutes.flatMap((minute) => {
        const price = minute < 170 ? 100 : 103;
        const apart = minute >= 60 && minute < 70 ? 1.01 : 1;
        return [
          tick({ source: 'kraken', observedAt: START + minute * 60_000, price }),
          tick({ source: 'coinbase', observedAt: START + minute * 60_000 + 5_000, price: price * apart }),
        ];
      });
      await storage.accept({ ticks, alerts: [] });
      await storage.untilWritten();
      const moved = {
        id: 'moved',
        kind: 'change',
        params: { changePct: 2, withinMinutes: 60 },
        notify: false,
      };
      const above = { id: 'above', kind: 'level', params: { level: 102 }, notify: false };
      const rules = [
        { id: 'apart', kind: 'spread', params: { spreadPct: 0.5, sources: ['kraken', 'coinbase'] } },
        { id: 'silent', kind: 'no-data', params: { minutes: 30 } },
        moved,
        above,
        { id: 'both', kind: 'combination', params: { rules: ['moved', 'above'] } },
      ];
      writeFileSync(join(dataDir, 'settings.json'), JSON.stringify({ rules }));
      const range = ['--coin', 'bitcoin', '--from', '2026-01-05T00:00:00Z', '--to', '2026-01-05T06:00:00Z'];
      const found = async (id: string, ...flags: readonly string[]) => {
        const { stdout, stderr } = await runCli(
          ['rules', 'test', id, ...range, '--format', 'jsonl', ...flags],
          {
            MONITOR_DATA_DIR: dataDir,
          },
        );
        expect(stderr).toBe('');
        const lines = stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line));
        expect(lines.at(-1)).toMatchObject({ type: 'summary', lookAhead: null, restart: null });
        return lines
          .slice(0, -1)
          .map(({ rule, observedAt, text }) => [rule, Math.floor((observedAt - START) / 60_000), text]);
      };
      expect(await found('apart', '--on', 'ticks')).toEqual([
        ['apart', 60, 'price of kraken is 1.00% below that of coinbase'],
        // Kraken's price rises first, Coinbase's five seconds later.
        ['apart', 170, 'price of kraken is 3.00% above that of coinbase'],
      ]);
      expect(await found('silent', '--on', 'ticks')).toEqual([
        ['silent', 129, 'has had no price for 30 min'],
      ]);
      expect(await found('both', '--on', 'ticks')).toEqual([
        ['both', 170, 'moved and above fired within 15 min'],
      ]);

      const nothing = async (...flags: readonly string[]): Promise<string> => {
        const args = ['backtest', '--rule', RULE, ...range, ...flags];
        return (await runCli(args, { MONITOR_DATA_DIR: dataDir })).stderr;
      };
      expect(await nothing('--coin', 'bitcon')).toContain(
        'No prices of "bitcon" are stored. Stored coins: bitcoin.',
      );
      expect(await nothing('--vs-currency', 'EUR')).toContain('in "eur" are stored. Stored currencies: usd.');
      expect(await nothing('--on', 'ticks', '--source', 'binance')).toContain(
        'Stored sources: coinbase, kraken.',
      );
      expect(await nothing('--source', 'kraken')).toContain('Add --on ticks for those of "kraken"');

      const candles = await runCli(['rules', 'test', 'apart', ...range], { MONITOR_DATA_DIR: dataDir });
      expect(candles).toMatchObject({ code: 1, stderr: expect.stringContaining('--on ticks') });
      await storage.stop(10_000);
    }));

  it('finds the threshold for a given rate of alerts, which a backtest confirms', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      await storage.accept({ ticks: TICKS, alerts: [] });
      await storage.untilWritten();
      await storage.stop(10_000);
      const command = (...args: readonly string[]) =>
        runCli(
          [...args, '--coin', 'bitcoin', '--from', '2026-01-05T00:00:00Z', '--to', '2026-01-05T12:00:00Z'],
          { MONITOR_DATA_DIR: dataDir },
        );
      const rule = { kind: 'change', params: { withinMinutes: 10 } };
      // Two jumps of 3% in half a day.
      const wanted = ['--param', 'changePct', '--per-week', '28'];
      const solved = await command('rules', 'solve', JSON.stringify(rule), ...wanted, '--format', 'jsonl');
      expect(solved).toMatchObject({ code: 0, stderr: '' });
      const lines = solved.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      const { best, notes } = lines.at(-1);
      expect(best).toMatchObject({ alerts: 2, perWeek: expect.closeTo(28, 1) });
      expect(best.value).toBeGreaterThan(0.4);
      expect(best.value).toBeLessThan(3.5);
      expect(notes).toEqual([expect.stringContaining('Only 2 alerts were counted')]);
      const confirmed = { ...rule, params: { ...rule.params, changePct: best.value } };
      const { stdout } = await command('backtest', '--rule', JSON.stringify(confirmed));
      expect(stdout).toMatch(/^alerts {5}2$/m);

      const table = await command('rules', 'solve', JSON.stringify(rule), ...wanted);
      expect(table.stdout).toMatch(/^> +[\d.]+ +2 +28\.0$/m);
      const none = await command('rules', 'solve', JSON.stringify(rule), '--param', 'x', '--per-week', '1');
      expect(none).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/"x" of "change".*changePct, withinMinutes/),
      });
    }));

  it.each([
    [['--rule', '{"kind":"none"}'], 'none'],
    [['--rule', '{"kind":'], 'The rule is not JSON'],
    [['--rule', '/no/such/rule.json'], '/no/such/rule.json'],
    [['--rule', '{"kind":"moving-average","params":{"thresholdPct":-1}}'], 'thresholdPct'],
    [['--rule', RULE, '--on', 'bars'], 'Allowed choices are ticks, candles'],
    [['--rule', RULE], 'There is no database in'],
    [['--rule', RULE, '--to', '8d'], 'must be before --to'],
  ])('reports in one line what is wrong with %j', (args, expected) =>
    withDataDir(async (dataDir) => {
      const { code, stderr } = await runCli(['backtest', '--coin', 'bitcoin', '--from', '7d', ...args], {
        MONITOR_DATA_DIR: dataDir,
      });
      expect(code).toBeGreaterThan(0);
      expect(stderr).toContain(expected);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }),
  );
});
