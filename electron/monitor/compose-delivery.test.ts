import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Status } from '../../shared/domain/status.ts';
import { type ChannelSetting, channelSettingSchema } from '../../shared/settings/channel-setting.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings/settings.ts';
import { createOpenParts, type OpenParts } from './async/open-parts.ts';
import { composeDelivery, type Delivery } from './compose-delivery.ts';
import { type AlertTables, openAlertTables } from './delivery/alert-tables.ts';
import type { Channel } from './delivery/channel.ts';
import { type LocalLog, openLocalLog } from './log/local-log.ts';
import { alert, batchOf } from './log/log-fixture.ts';
import { silentLog } from './logging/logger.ts';
import { environmentNetwork } from './network/environment-network.ts';
import { openStoredChannelSecrets } from './secrets/stored-channel-secrets.ts';
import { NO_METER } from './status/meter.ts';
import { systemClock } from './time/clock.ts';

let folder: string;
let parts: OpenParts;
let tickLog: LocalLog<AlertTables>;
let delivery: Delivery;
let channels: readonly ChannelSetting[];
let reported: Status['alertsFile'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'compose-delivery-'));
  parts = createOpenParts();
  channels = [];
  reported = undefined;
  tickLog = parts.add(
    openLocalLog({
      path: join(folder, 'journal.sqlite'),
      clock: systemClock,
      log: silentLog,
      openAlerts: (database, onDamage) =>
        openAlertTables(database, { clock: systemClock, log: silentLog, onDamage }),
      report: () => undefined,
    }),
    (opened) => opened.close(),
  );
  delivery = composeDelivery(
    {
      dataDir: folder,
      alertsPath: join(folder, 'alerts.txt'),
      env: { CHANNEL_ALERTS_FILE_URL: 'http://127.0.0.1:9/hook' },
      settings: () => ({ ...DEFAULT_SETTINGS, channels: [...channels] }),
      candles: async () => [],
      keptSecrets: openStoredChannelSecrets(null, undefined),
      tickLog,
      clock: systemClock,
      random: () => 0.5,
      log: silentLog,
      network: environmentNetwork({}),
      meter: NO_METER,
      report: {
        alertsFile(state) {
          reported = state;
        },
        quiet: () => undefined,
        problems: () => undefined,
      },
    },
    parts,
  );
});

afterEach(async () => {
  await parts.close(0);
  rmSync(folder, { recursive: true });
});

const setting = (id: string, kind: string, options: Record<string, unknown> = {}): ChannelSetting =>
  channelSettingSchema.parse({ id, kind, options });
const ids = (): readonly string[] => delivery.dispatcher.channels().map(({ id }) => id);
const lines = (name: string): number => {
  const path = join(folder, name);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
};

/** The desktop's notifications, with the ids of what was shown. */
function notifications(): Channel & { readonly shown: string[] } {
  const shown: string[] = [];
  return {
    id: 'notification',
    shown,
    async deliver(alerts) {
      shown.push(...alerts.map(({ id }) => id));
    },
  };
}

/** Appends an alert to the log, and resolves when it is delivered. */
async function raise(id: string, isDelivered: () => boolean): Promise<void> {
  await tickLog.append(batchOf('bitcoin', [alert(id, systemClock.now())]));
  while (!isDelivered()) await turn();
}

describe('the channels of the program', () => {
  it('are alerts.txt, those of the settings and those of the host', async () => {
    channels = [setting('other', 'file', { path: 'other.txt' })];
    delivery.start([notifications()]);
    expect(ids()).toEqual(['alerts-file', 'other', 'notification']);
    const path = join(folder, 'alerts.txt');
    expect(reported).toEqual({ path, isWritten: false, error: null, waitingLines: 0 });
    await raise('a', () => reported?.isWritten === true);
    expect(reported).toEqual({ path, isWritten: true, error: null, waitingLines: 0 });
  });

  it('begin with the file of the settings that replaces alerts.txt, wherever it is in their list', async () => {
    channels = [
      setting('other', 'file', { path: 'other.txt' }),
      setting('alerts-file', 'file', { path: 'mine.txt' }),
    ];
    delivery.start([]);
    expect(ids()).toEqual(['alerts-file', 'other']);
    expect(reported?.path).toBe(join(folder, 'mine.txt'));
    await raise('a', () => lines('mine.txt') + lines('other.txt') === 2);
    expect(lines('mine.txt')).toBe(1);

    channels = channels.slice(0, 1);
    await delivery.change();
    expect(ids()).toEqual(['alerts-file', 'other']);
    expect(reported?.path).toBe(join(folder, 'alerts.txt'));
    await raise('b', () => lines('alerts.txt') + lines('other.txt') === 3);
    expect(lines('mine.txt')).toBe(1);
  });

  it('report no path when a channel of another kind replaces alerts.txt', () => {
    channels = [setting('alerts-file', 'webhook', { allowPrivate: true })];
    delivery.start([]);
    expect(ids()).toEqual(['alerts-file']);
    expect(reported).toBeUndefined();
  });

  it('include a channel of the host unless one of the settings has its id', async () => {
    const host = notifications();
    channels = [setting('notification', 'file', { path: 'mine.txt' })];
    delivery.start([host]);
    expect(ids()).toEqual(['alerts-file', 'notification']);
    await raise('a', () => lines('mine.txt') === 1);
    expect(host.shown).toEqual([]);

    channels = [];
    await delivery.change();
    expect(ids()).toEqual(['alerts-file', 'notification']);
    await raise('b', () => host.shown.length > 0);
    expect([host.shown, lines('mine.txt')]).toEqual([['b'], 1]);
  });
});
