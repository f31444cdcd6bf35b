import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startDemoServer } from '../../demo/server.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { type Finished, openPage, runCli, startProgram, until, withFolder } from '../program.ts';

it('mutes, lists and unmutes, and preserves other entries of settings.json', () =>
  withFolder(async (folder) => {
    const alerts = (...args: readonly string[]): Promise<Finished> =>
      runCli(['alerts', ...args], { MONITOR_DATA_DIR: folder });
    const listed = async (): Promise<readonly unknown[]> => {
      const { stdout } = await alerts('list');
      const lines = stdout.split('\n').filter((line) => line !== '');
      return lines.map((line) => JSON.parse(line) as unknown);
    };
    const path = join(folder, 'settings.json');
    const rules = '"rules": [{ "id": "rsi", "kind": "rsi" }]';
    const channels = '"channels": [{ "id": "team", "kind": "slack" }]';
    writeFileSync(path, `{\n  // mine\n  "coins": ["zcash"],\n  ${rules},\n  ${channels}\n}\n`);

    expect(await alerts('mute', '--coin', 'zcash', '--for', '1h')).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    expect(await alerts('mute', '--rule', 'rsi', '--channel', 'team')).toMatchObject({ code: 0 });
    const [first, second] = await listed();
    const inAnHour = Date.parse((first as { until: string }).until) - Date.now();
    expect(inAnHour).toBeGreaterThan(0);
    expect(inAnHour).toBeLessThanOrEqual(3_600_000);
    expect(second).toEqual({ rule: 'rsi', channel: 'team', until: null });
    expect(readFileSync(path, 'utf8')).toContain('// mine');

    expect(await alerts('unmute', '--coin', 'zcash')).toMatchObject({ code: 0 });
    expect(await listed()).toEqual([second]);

    const forTwoHours = await alerts('pause', '--for', '2h');
    const [paused] = (await listed()) as readonly [{ pause: { until: string } }];
    expect(Date.parse(paused.pause.until) - Date.now()).toBeGreaterThan(3_600_000);
    expect(forTwoHours).toEqual({
      code: 0,
      stdout: `Alerts are paused until ${paused.pause.until}\n`,
      stderr: '',
    });
    expect(await alerts('pause')).toEqual({
      code: 0,
      stdout: 'Alerts are paused until they are resumed: crypto-price-monitor alerts resume\n',
      stderr: '',
    });
    expect(await listed()).toEqual([{ pause: { until: null } }, second]);
    expect(await alerts('resume')).toMatchObject({ code: 0 });
    expect(await listed()).toEqual([second]);
    for (const args of [['mute'], ['mute', '--coin', '$$$'], ['mute', '--coin', 'zcash', '--for', 'ever']]) {
      const { code, stderr } = await alerts(...args);
      expect(code).toBeGreaterThan(0);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  }));

it('refuses an unknown coin, rule or channel, but can unmute it', () =>
  withFolder(async (folder) => {
    const path = join(folder, 'settings.json');
    const muted = { coin: 'monero', until: null };
    writeFileSync(path, JSON.stringify({ coins: ['bitcoin', 'zcash'], mutes: [muted] }));
    const alerts = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      runCli(['alerts', ...args], { MONITOR_DATA_DIR: folder, ...env });
    const before = readFileSync(path, 'utf8');
    for (const [named, expected] of [
      [['--coin', 'bitcion'], 'The coin "bitcion" is not watched. Watched coins: bitcoin, zcash.'],
      [['--rule', 'btc-hour'], 'There is no rule "btc-hour". There are: moving-average.'],
      [['--coin', 'zcash', '--channel', 'team'], 'There is no channel "team"'],
    ] as const) {
      for (const action of ['mute', 'unmute']) {
        const { code, stdout, stderr } = await alerts([action, ...named]);
        expect([code, stdout]).toEqual([1, '']);
        expect(stderr).toContain(expected);
      }
    }
    expect(readFileSync(path, 'utf8')).toBe(before);
    // Coins and channels from environment variables.
    const given = { MONITOR_COINS: 'bitcion', MONITOR_CHANNELS: '[{"id":"team","kind":"slack"}]' };
    expect(await alerts(['mute', '--coin', 'bitcion', '--channel', 'team'], given)).toMatchObject({
      code: 0,
    });
    expect(await alerts(['mute', '--channel', 'alerts-file'])).toMatchObject({ code: 0 });
    expect(await alerts(['unmute', '--coin', 'monero'])).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await alerts(['unmute', '--coin', 'zcash'])).toMatchObject({ code: 0 });
    const { mutes } = JSON.parse(readFileSync(path, 'utf8')) as { mutes: readonly object[] };
    expect(mutes).toHaveLength(2);
    expect(mutes).not.toContainEqual(muted);
  }));

it('is applied by a running program, whose pages can do the same', async () => {
  const market = await startDemoServer({ clock: systemClock, seed: 'mutes' });
  await withFolder(async (folder) => {
    const program = await startProgram({
      MONITOR_DATA_DIR: folder,
      COINGECKO_BASE_URL: market.url,
      MONITOR_EXCHANGES: 'none',
      DATABASE_URL: 'postgresql://me@127.0.0.1:1/prices',
    });
    const page = await openPage(program.url);
    try {
      await runCli(['alerts', 'mute', '--coin', 'bitcoin'], { MONITOR_DATA_DIR: folder });
      await until(async () => (await page.call('alerts.mutes', {})).length === 1);
      expect(await page.call('alerts.mute', { rule: 'rsi', until: '2999-01-01T00:00:00Z' })).toEqual([
        { coin: 'bitcoin', until: null },
        { rule: 'rsi', until: '2999-01-01T00:00:00Z' },
      ]);
      expect(await page.call('alerts.unmute', { coin: 'bitcoin' })).toHaveLength(1);
      expect(JSON.parse(readFileSync(join(folder, 'settings.json'), 'utf8')).mutes).toHaveLength(1);

      const quiet = async () => (await page.call('snapshot', {})).status.quiet;
      expect(await quiet()).toBeUndefined();
      await runCli(['alerts', 'pause'], { MONITOR_DATA_DIR: folder });
      await until(async () => (await quiet())?.reason === 'paused');
      await page.call('alerts.pause', { until: '2999-01-01T00:00:00Z' });
      expect(await quiet()).toEqual({ reason: 'paused', until: Date.parse('2999-01-01T00:00:00Z') });
      await page.call('alerts.resume', {});
      expect(await quiet()).toBeUndefined();
      // The whole day except for one minute, which is not the current one.
      const minute = new Date(Date.now() - 120_000).toTimeString().slice(0, 5);
      const start = new Date(Date.now() - 60_000).toTimeString().slice(0, 5);
      await page.call('settings.set', { quietHours: `${start}-${minute}` });
      expect(await quiet()).toMatchObject({ reason: 'quiet-hours' });
    } finally {
      page.close();
      await program.end('SIGTERM');
      await market.close();
    }
  });
});
