import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoServer, startDemoServer } from '../../../demo/server.ts';
import { ruleOf } from '../../../shared/domain/rule.ts';
import { channelSettingSchema } from '../../../shared/settings/channel-setting.ts';
import { openMonitor } from '../compose.ts';
import { silentLog } from '../logging/logger.ts';
import type { Monitor } from '../monitor.ts';
import { systemClock } from '../time/clock.ts';

let folder: string;
let market: DemoServer;
let monitor: Monitor;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'changes-'));
  market = await startDemoServer({ clock: systemClock, seed: 'changes' });
  write({ coins: ['bitcoin', 'zcash'], exchanges: [], coingeckoUrl: market.url });
  monitor = await openMonitor({ dataDir: folder, flags: {}, env: {}, clock: systemClock, log: silentLog });
});

afterEach(async () => {
  await monitor.stop(0);
  await market.close();
  rmSync(folder, { recursive: true });
});

const path = (): string => join(folder, 'settings.json');
const write = (settings: object): void => writeFileSync(path(), JSON.stringify(settings));
const written = (): Record<string, readonly { readonly id: string }[]> =>
  JSON.parse(readFileSync(path(), 'utf8'));

type Call = readonly [procedure: string, input: object];

/** The responses to pages that send their requests concurrently. */
const atOnce = (calls: readonly Call[]) =>
  Promise.all(calls.map(([procedure, input], id) => monitor.dispatch({ id, procedure, input })));

const rule = (id: string) => ruleOf({ id, kind: 'level', params: { level: 1 }, scope: ['zcash'] });
const channel = (id: string) => channelSettingSchema.parse({ id, kind: 'ntfy', enabled: false });
const ids = (name: string): readonly string[] => (written()[name] ?? []).map(({ id }) => id).toSorted();

describe('pages that change a list at the same time', () => {
  it('lose no mute', async () => {
    const responses = await atOnce([
      ['alerts.mute', { coin: 'bitcoin', until: null }],
      ['alerts.mute', { coin: 'zcash', until: null }],
      ['alerts.mute', { channel: 'team', until: null }],
    ]);
    expect(responses.map(({ ok }) => ok)).toEqual([true, true, true]);
    const all = [{ coin: 'bitcoin' }, { coin: 'zcash' }, { channel: 'team' }];
    expect(written().mutes).toHaveLength(3);
    expect(written().mutes).toMatchObject(
      expect.arrayContaining(all.map((one) => expect.objectContaining(one))),
    );

    await atOnce([
      ['alerts.unmute', { coin: 'bitcoin' }],
      ['alerts.mute', { rule: 'moving-average', until: null }],
      ['alerts.unmute', { channel: 'team' }],
    ]);
    expect(written().mutes).toEqual([
      { coin: 'zcash', until: null },
      { rule: 'moving-average', until: null },
    ]);
  });

  it('lose no rule, also while a setting changes one of them', async () => {
    write({
      ...written(),
      rules: [ruleOf({ id: 'moving-average', kind: 'moving-average', params: { thresholdPct: 2 } })],
    });
    await atOnce([
      ['rules.save', { rule: rule('a'), isNew: true }],
      ['settings.set', { alertThresholdPct: 3 }],
      ['rules.add', { rules: [rule('b'), rule('c')] }],
      ['rules.save', { rule: rule('d'), isNew: true }],
    ]);
    expect(ids('rules')).toEqual(['a', 'b', 'c', 'd', 'moving-average']);
    expect(written().rules).toContainEqual(
      expect.objectContaining({ id: 'moving-average', params: { thresholdPct: 3 } }),
    );

    const [removed, saved, refused] = await atOnce([
      ['rules.remove', { id: 'b' }],
      ['rules.save', { rule: { ...rule('c'), enabled: false } }],
      ['rules.add', { rules: [rule('e'), rule('a')] }],
    ]);
    expect([removed?.ok, saved?.ok]).toEqual([true, true]);
    expect(refused).toMatchObject({ ok: false, error: { issues: [{ setting: 'id' }] } });
    expect(ids('rules')).toEqual(['a', 'c', 'd', 'moving-average']);
  });

  it('lose no channel', async () => {
    await atOnce([
      ['channels.save', { channel: channel('a'), isNew: true }],
      ['channels.save', { channel: channel('b'), isNew: true }],
    ]);
    await atOnce([
      ['channels.remove', { id: 'a' }],
      ['channels.save', { channel: channel('c'), isNew: true }],
    ]);
    expect(ids('channels')).toEqual(['b', 'c']);
  });

  it('lose no coin that one of them adds, and keep none that one of them removes', async () => {
    const shown = { coins: ['bitcoin', 'zcash'] };
    await atOnce([
      ['settings.set', { coins: ['bitcoin', 'zcash', 'ethereum'], shown }],
      ['settings.set', { coins: ['zcash'], shown }],
      ['settings.set', { coins: ['bitcoin', 'zcash', 'solana'], shown }],
    ]);
    expect(written().coins).toHaveLength(3);
    expect(written().coins).toEqual(expect.arrayContaining(['zcash', 'ethereum', 'solana']));
  });

  it('lose no part of a setting, a rule or a channel of which each changes another part', async () => {
    const { marketAlerts, inhibition } = monitor.settings();
    await atOnce([
      ['settings.set', { marketAlerts: { ...marketAlerts, sharePct: 60 }, shown: { marketAlerts } }],
      ['settings.set', { marketAlerts: { ...marketAlerts, withinSeconds: 90 }, shown: { marketAlerts } }],
      [
        'settings.set',
        { inhibition: { ...inhibition, enabled: false }, shown: { inhibition, marketAlerts } },
      ],
      ['settings.set', { inhibition: { ...inhibition, score: 7 }, shown: { inhibition } }],
    ]);
    expect(monitor.settings()).toMatchObject({
      marketAlerts: { enabled: true, sharePct: 60, withinSeconds: 90 },
      inhibition: { ...inhibition, enabled: false, score: 7 },
    });

    const shownRule = ruleOf({
      id: 'a',
      kind: 'change',
      params: { changePct: 5, withinMinutes: 60 },
      scope: ['zcash'],
    });
    await atOnce([['rules.save', { rule: shownRule, isNew: true }]]);
    const changed = (part: object): Call => [
      'rules.save',
      { rule: { ...shownRule, ...part }, shown: shownRule },
    ];
    await atOnce([
      changed({ params: { changePct: 6, withinMinutes: 60 } }),
      changed({ params: { changePct: 5, withinMinutes: 90 }, severity: 'critical' }),
      changed({ scope: ['zcash', 'bitcoin'] }),
      changed({ enabled: false }),
    ]);
    expect(written().rules).toEqual([
      expect.objectContaining({
        params: { changePct: 6, withinMinutes: 90 },
        severity: 'critical',
        scope: ['zcash', 'bitcoin'],
        enabled: false,
      }),
    ]);

    const shownChannel = { ...channel('a'), route: { coins: ['zcash'] } };
    await atOnce([['channels.save', { channel: shownChannel, isNew: true }]]);
    const edited = (part: object): Call => [
      'channels.save',
      { channel: { ...shownChannel, ...part }, shown: shownChannel },
    ];
    await atOnce([
      edited({ route: { coins: ['zcash'], severity: 'critical' } }),
      edited({ route: { coins: ['zcash', 'bitcoin'] } }),
      edited({ digestMinutes: 5 }),
      edited({ options: { server: 'https://ntfy.example' } }),
    ]);
    expect(written().channels).toEqual([
      expect.objectContaining({
        route: { coins: ['zcash', 'bitcoin'], severity: 'critical' },
        digestMinutes: 5,
        options: { server: 'https://ntfy.example' },
      }),
    ]);
  });

  it('change the default rule, which the settings do not list, together', async () => {
    const shown = ruleOf({
      id: 'moving-average',
      kind: 'moving-average',
      params: { thresholdPct: 2, windowMinutes: 5 },
    });
    await atOnce([
      ['rules.save', { rule: { ...shown, severity: 'critical' }, shown }],
      ['rules.save', { rule: { ...shown, params: { thresholdPct: 3, windowMinutes: 5 } }, shown }],
    ]);
    expect(written().rules).toEqual([
      expect.objectContaining({ severity: 'critical', params: { thresholdPct: 3, windowMinutes: 5 } }),
    ]);
  });

  it('are refused with a separate code if the changes conflict, and write nothing', async () => {
    const shown = ruleOf({
      id: 'a',
      kind: 'change',
      params: { changePct: 5, withinMinutes: 60 },
      scope: ['zcash'],
    });
    const level = { ...rule('a'), params: { level: 40 } };
    const team = { ...channel('team'), enabled: false };
    await atOnce([
      ['rules.save', { rule: shown, isNew: true }],
      ['channels.save', { channel: team, isNew: true }],
    ]);
    await atOnce([
      ['rules.save', { rule: level, shown }],
      ['channels.save', { channel: { ...team, options: { server: 'https://ntfy.example' } }, shown: team }],
    ]);
    const before = written();
    const responses = await atOnce([
      ['rules.save', { rule: { ...shown, params: { changePct: 6, withinMinutes: 60 } }, shown }],
      // The token was entered for ntfy.sh.
      [
        'channels.save',
        { channel: { ...team, digestMinutes: 5 }, shown: team, secrets: { token: 'planted' } },
      ],
    ]);
    expect(responses).toMatchObject([
      { ok: false, error: { code: 'conflict', message: { code: 'call.changed-meanwhile' } } },
      { ok: false, error: { code: 'conflict', message: { code: 'call.changed-meanwhile' } } },
    ]);
    expect(written()).toEqual(before);

    await atOnce([
      ['rules.remove', { id: 'a' }],
      ['channels.remove', { id: 'team' }],
    ]);
    const late = await atOnce([
      ['rules.save', { rule: { ...level, enabled: false }, shown: level }],
      ['channels.save', { channel: { ...team, digestMinutes: 5 }, shown: team }],
    ]);
    expect(late).toMatchObject([
      { ok: false, error: { code: 'conflict', message: { code: 'call.removed-meanwhile' } } },
      { ok: false, error: { code: 'conflict', message: { code: 'call.removed-meanwhile' } } },
    ]);
    expect(written()).toMatchObject({ rules: [], channels: [] });
  });

  it('keep a manual edit of the file from a moment before', async () => {
    const byHand = { coin: 'bitcoin', until: null };
    write({ ...written(), mutes: [byHand] });
    await atOnce([['alerts.mute', { coin: 'zcash', until: null }]]);
    expect(written().mutes).toEqual([byHand, { coin: 'zcash', until: null }]);
    expect(monitor.settings().mutes).toHaveLength(2);
  });

  it('cannot make a list longer than a start accepts', async () => {
    const mutes = Array.from({ length: 200 }, (_, index) => ({ rule: `rule-${index}`, until: null }));
    write({ ...written(), mutes });
    const [response] = await atOnce([['alerts.mute', { coin: 'zcash', until: null }]]);
    expect(response).toMatchObject({ ok: false, error: { issues: [{ setting: 'mutes' }] } });
    expect(written().mutes).toHaveLength(200);
  });
});
