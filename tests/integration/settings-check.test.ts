import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../demo/server.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { type CheckSettings, createSettingsCheck } from '../../electron/monitor/settings/check-settings.ts';
import type { FileSettings } from '../../electron/monitor/settings/parse-settings.ts';
import { createCoinCatalog } from '../../electron/monitor/sources/coingecko/coin-catalog.ts';
import { createCoinSearch } from '../../electron/monitor/sources/coingecko/coin-search.ts';
import type { CoinGeckoAccess } from '../../electron/monitor/sources/coingecko/coingecko-client.ts';
import { createQuoteCurrencies } from '../../electron/monitor/sources/coingecko/quote-currencies.ts';
import { virtualClock } from '../../electron/monitor/time/clock.ts';
import { faultOfIssue } from '../../shared/messages/fault-of-issue.ts';
import { text } from '../../shared/messages/message.ts';
import { DEFAULT_SETTINGS, type SettingIssue, settingsSchema } from '../../shared/settings/settings.ts';
import { inWords, textOf } from '../text-of.ts';

let server: DemoServer;
let folder: string;
let check: CheckSettings;
beforeEach(async () => {
  const clock = virtualClock(Date.parse('2026-03-01T12:00:00Z'));
  server = await startDemoServer({ clock, seed: 'check', record: true });
  folder = mkdtempSync(join(tmpdir(), 'check-test-'));
  const access = (): CoinGeckoAccess => ({
    baseUrl: server.url,
    apiKey: null,
    plan: 'keyless',
    timeoutMs: 2_000,
  });
  const catalog = createCoinCatalog({ access, clock, log: silentLog });
  check = createSettingsCheck({
    catalog,
    search: createCoinSearch({ access, catalog, clock }),
    currencies: createQuoteCurrencies({ access, clock }),
  });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

async function issuesOf(patch: FileSettings, now = DEFAULT_SETTINGS): Promise<readonly SettingIssue[]> {
  const refused = await check(patch, now, new AbortController().signal).then(
    () => null,
    (error: unknown) => error as { issues: readonly SettingIssue[] },
  );
  return refused?.issues ?? [];
}

describe('a change of settings', () => {
  it('is rejected for an unknown coin, with a suggestion', async () => {
    expect(inWords(await issuesOf({ coins: ['bitcoin', 'bitcion'] }))).toEqual([
      {
        setting: 'coins',
        message: '"bitcion" is not a CoinGecko coin id. Did you mean "bitcoin"?',
        suggestion: { value: 'bitcion', meant: 'bitcoin' },
      },
    ]);
    expect(inWords(await issuesOf({ coins: ['bitcoin', 'dogecoin'] }))).toEqual([]);
  });

  it('is not rejected for a coin that was watched before', async () => {
    const now = { ...DEFAULT_SETTINGS, coins: ['gone'] };
    expect(inWords(await issuesOf({ coins: ['gone', 'bitcoin'] }, now))).toEqual([]);
  });

  it('is not rejected while the provider is unreachable', async () => {
    server.setFault({ endpoint: '*', fault: { kind: 'status', status: 503 } });
    expect(inWords(await issuesOf({ coins: ['bitcion'], vsCurrency: 'xyz' }))).toEqual([]);
  });

  it('is not rejected when the check times out', async () => {
    server.setFault({ endpoint: '*', fault: { kind: 'hang' } });
    const patch = { coins: ['bitcion'], vsCurrency: 'xyz' };
    await expect(check(patch, DEFAULT_SETTINGS, AbortSignal.timeout(50))).resolves.toBeUndefined();
  });

  it('is rejected for a currency that the provider does not support', async () => {
    expect(inWords(await issuesOf({ vsCurrency: 'xyz' }))).toEqual([
      { setting: 'vsCurrency', message: 'CoinGecko has no prices in "xyz".' },
    ]);
    expect(inWords(await issuesOf({ vsCurrency: 'eur' }))).toEqual([]);
  });

  it('is rejected for a tray coin that is not watched, whichever of the two is changed', async () => {
    const message = '"zcash" is not one of the coins above, so it has no price.';
    expect(inWords(await issuesOf({ trayCoin: 'zcash' }))).toEqual([]);
    expect(inWords(await issuesOf({ trayCoin: 'zcash', coins: ['bitcoin'] }))).toEqual([
      { setting: 'trayCoin', message },
    ]);
    const now = { ...DEFAULT_SETTINGS, trayCoin: 'zcash' };
    expect(inWords(await issuesOf({ coins: ['bitcoin'] }, now))).toEqual([{ setting: 'trayCoin', message }]);
    expect(inWords(await issuesOf({ vsCurrency: 'eur' }, { ...now, coins: ['bitcoin'] }))).toEqual([]);
  });

  it('is rejected for an alerts file that cannot be created', async () => {
    const fault = async (path: string) => textOf((await issuesOf({ alertsFile: path }))[0]?.message);
    mkdirSync(join(folder, 'there'));
    writeFileSync(join(folder, 'file'), '');
    expect(await fault(join(folder, 'missing', 'alerts.txt'))).toBe(
      `The folder ${join(folder, 'missing')} does not exist. Create it, or name another.`,
    );
    expect(await fault(join(folder, 'there'))).toBe(
      `${join(folder, 'there')} is a folder. Name a file in it.`,
    );
    expect(await fault(join(folder, 'file', 'alerts.txt'))).toBe(
      `${join(folder, 'file')} is a file, not a folder.`,
    );
    expect(await fault('alerts.txt')).toMatch(/^must be an absolute path/);
    expect(await fault(join(folder, 'there', 'alerts.txt'))).toBe('');
    expect(await fault(join(folder, 'file'))).toBe('');
  });
});

describe('invalid settings', () => {
  it.each([
    ['alertThresholdPct', 0.0001, 'must be at least 0.01'],
    ['quietHours', '22:00-22:00', 'must not start and end at the same time; leave them empty for none'],
  ] as const)('are rejected from any source: %s %s', (name, value, message) => {
    const parsed = settingsSchema.shape[name].safeParse(value);
    expect(parsed.error?.issues.map((issue) => text(faultOfIssue(issue)))).toEqual([message]);
  });
});
