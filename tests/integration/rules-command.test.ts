import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { type Finished, openPage, runCli, startProgram, until, withFolder } from '../program.ts';

const FIVE_PERCENT = {
  id: 'five',
  kind: 'moving-average',
  params: { thresholdPct: 5, windowMinutes: 60 },
  severity: 'critical',
};

describe('the command rules', () => {
  it('adds, replaces, lists and removes rules, and preserves other entries of settings.json', () =>
    withFolder(async (folder) => {
      const rules = (...args: readonly string[]): Promise<Finished> =>
        runCli(['rules', ...args], { MONITOR_DATA_DIR: folder });
      const ids = async (): Promise<readonly string[]> => {
        const { stdout } = await rules('list');
        return stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).id);
      };
      const path = join(folder, 'settings.json');
      writeFileSync(path, '{\n  // mine\n  "coins": ["zcash"],\n  "later": 1\n}\n');
      const file = join(folder, 'rule.json');
      writeFileSync(file, JSON.stringify(FIVE_PERCENT));

      expect(await rules('add', file)).toEqual({ code: 0, stdout: '', stderr: '' });
      expect(await ids()).toEqual(['moving-average', 'five']);
      expect(readFileSync(path, 'utf8')).toContain('// mine\n  "coins": ["zcash"],\n  "later": 1');
      expect(await rules('add', file)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('--replace'),
      });
      expect(
        await rules('add', '--replace', JSON.stringify({ ...FIVE_PERCENT, enabled: false })),
      ).toMatchObject({
        code: 0,
      });
      const { stdout } = await rules('list');
      expect(JSON.parse(stdout.trim().split('\n')[1] ?? '')).toMatchObject({
        ...FIVE_PERCENT,
        scope: 'all',
        enabled: false,
      });
      expect(await rules('remove', 'five')).toMatchObject({ code: 0 });
      expect(await ids()).toEqual(['moving-average']);
    }));

  it.each([
    [['add', '{"kind":"moving-average"}'], 'id'],
    [['add', '{"id":"x","kind":"none"}'], 'none'],
    [['remove', 'x'], 'There is no rule "x"'],
    [['remove', 'moving-average'], '"enabled": false'],
    [['test', 'x', '--coin', 'bitcoin', '--from', '1d'], 'There is no rule "x"'],
  ])('refuses %j with one line', (args, expected) =>
    withFolder(async (folder) => {
      const { code, stderr } = await runCli(['rules', ...args], { MONITOR_DATA_DIR: folder });
      expect(code).toBeGreaterThan(0);
      expect(stderr).toContain(expected);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }),
  );

  it('refuses a combination of missing rules, and to remove a rule that a combination refers to', () =>
    withFolder(async (folder) => {
      const rules = (...args: readonly string[]): Promise<Finished> =>
        runCli(['rules', ...args], { MONITOR_DATA_DIR: folder });
      const both = { id: 'both', kind: 'combination', params: { rules: ['moving-average', 'five'] } };
      expect((await rules('add', JSON.stringify(both))).stderr).toContain(
        '"both" is invalid: it refers to "five"',
      );
      expect(await rules('add', JSON.stringify({ ...FIVE_PERCENT, notify: false }))).toMatchObject({
        code: 0,
      });
      expect(await rules('add', JSON.stringify(both))).toMatchObject({ code: 0 });
      expect((await rules('remove', 'five')).stderr).toContain('"both" is invalid: it refers to "five"');
      expect(await rules('remove', 'both')).toMatchObject({ code: 0 });
      expect(await rules('remove', 'five')).toMatchObject({ code: 0 });
    }));

  it('supports watchlists as scopes, and refuses to remove one that is in use', () =>
    withFolder(async (folder) => {
      const command = (...args: readonly string[]): Promise<Finished> =>
        runCli(args, { MONITOR_DATA_DIR: folder });
      const rule = JSON.stringify({ ...FIVE_PERCENT, scope: { watchlist: 'majors' } });
      expect((await command('rules', 'add', rule)).stderr).toContain('watchlist "majors"');
      expect(await command('watchlists', 'set', 'majors', 'bitcoin', 'ethereum')).toMatchObject({ code: 0 });
      expect(await command('rules', 'add', rule)).toMatchObject({ code: 0 });
      expect((await command('rules', 'list')).stdout).toContain('"scope":{"watchlist":"majors"}');
      expect((await command('watchlists', 'remove', 'majors')).stderr).toContain('"five" is invalid');
      expect((await command('watchlists', 'set', 'majors', 'not a coin')).stderr).toContain(
        'watchlists.0.coins.0',
      );
      // A warning and not an error, because the coin may be watched later.
      expect(await command('watchlists', 'set', 'majors', 'zcash', 'monero')).toEqual({
        code: 0,
        stdout: '',
        stderr: 'Not watched, and so without prices: monero. Watched coins: bitcoin, ethereum, zcash.\n',
      });
      const some = { ...FIVE_PERCENT, id: 'some', scope: ['bitcion'] };
      expect((await command('rules', 'add', JSON.stringify(some))).stderr).toContain('prices: bitcion.');
      expect(await command('rules', 'remove', 'some')).toMatchObject({ code: 0 });
      expect(await command('watchlists', 'set', 'majors', 'zcash')).toMatchObject({ code: 0, stderr: '' });
      expect((await command('watchlists', 'list')).stdout).toBe('{"id":"majors","coins":["zcash"]}\n');
      expect(await command('rules', 'remove', 'five')).toMatchObject({ code: 0 });
      expect(await command('watchlists', 'remove', 'majors')).toMatchObject({ code: 0 });
      expect((await command('watchlists', 'remove', 'majors')).stderr).toContain('There are none');
    }));

  it('does not change an invalid settings.json', () =>
    withFolder(async (folder) => {
      const path = join(folder, 'settings.json');
      writeFileSync(path, '{"coins": ["$$$"]}');
      const { code, stderr } = await runCli(['rules', 'add', JSON.stringify(FIVE_PERCENT)], {
        MONITOR_DATA_DIR: folder,
      });
      expect(code).toBe(1);
      expect(stderr).toContain('"coins"');
      expect(readFileSync(path, 'utf8')).toBe('{"coins": ["$$$"]}');
    }));

  it('prints a JSON Schema with the parameters of each kind', async () => {
    const { stdout } = await runCli(['rules', 'schema'], {});
    const { items } = JSON.parse(stdout);
    expect(items.anyOf[0].properties).toMatchObject({
      kind: { const: 'moving-average' },
      params: { properties: { thresholdPct: { type: 'number' } } },
    });
  });
});

describe('a running program', () => {
  it('applies changes of settings.json, but not incomplete ones', async () => {
    const market = await startDemoServer({ clock: systemClock, seed: 'rules' });
    await withFolder(async (folder) => {
      const environment = {
        MONITOR_DATA_DIR: folder,
        MONITOR_POLL_SECONDS: '1',
        COINGECKO_BASE_URL: market.url,
        MONITOR_EXCHANGES: 'none',
        DATABASE_URL: 'postgresql://me@127.0.0.1:1/prices',
      };
      const program = await startProgram(environment);
      const page = await openPage(program.url);
      try {
        const settings = async () => (await page.call('settings.get', {})).settings;
        const added = await runCli(['rules', 'add', JSON.stringify(FIVE_PERCENT)], {
          MONITOR_DATA_DIR: folder,
        });
        expect(added).toMatchObject({ code: 0 });
        await until(async () => (await settings()).rules.some(({ id }) => id === 'five'));

        // Bitcoin is already above a dollar: one rule waits for the next crossing, and the other fires immediately.
        const level = { kind: 'level', params: { level: 1 }, scope: ['bitcoin'], direction: 'up' };
        for (const rule of [{ id: 'waits' }, { id: 'at-once', raiseIfHolding: true }]) {
          const json = JSON.stringify({ ...level, ...rule });
          expect(await runCli(['rules', 'add', json], { MONITOR_DATA_DIR: folder })).toMatchObject({
            code: 0,
          });
        }
        const raised = async (): Promise<readonly string[]> =>
          (await page.call('alerts', { limit: 10 })).alerts.map(({ rule }) => rule);
        await until(async () => (await raised()).includes('at-once'));
        expect(await raised()).not.toContain('waits');

        const path = join(folder, 'settings.json');
        writeFileSync(path, '{"coins": ["zcash"], "alertThresholdPct": ');
        writeFileSync(path, '{"coins": ["zcash"]}');
        await until(async () => (await settings()).coins.join() === 'zcash');
        expect((await settings()).rules).toEqual([]);
        expect((await page.status()).problems.filter(({ id }) => id.startsWith('settings-'))).toEqual([]);
      } finally {
        page.close();
        await program.end('SIGTERM');
      }
    });
    await market.close();
  });
});
