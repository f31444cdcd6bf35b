import type { NotificationConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../../shared/domain/alert.ts';
import { alertText } from '../../../../shared/domain/alert-text.ts';
import { createChannelDelivery } from '../../../monitor/delivery/channel-delivery.ts';
import { isSettled } from '../../../monitor/delivery/delivery.ts';
import { memoryOutbox } from '../../../monitor/delivery/outbox-fixture.ts';
import { silentLog } from '../../../monitor/logging/logger.ts';
import { virtualClock } from '../../../monitor/time/clock.ts';
import { trayAlert } from '../tray/tray-fixture.ts';
import { GATHER_MS, notificationChannel } from './notification-channel.ts';
import { createNotifier, type ShownNotification } from './notifier.ts';

const NOON = new Date('2026-03-10T12:00:00').getTime();
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

type Seen = NotificationConstructorOptions & { click(): void; press(actionIndex: number): void };

function notifier(
  settings = { notificationSound: false },
  isSupported = true,
  platform: NodeJS.Platform = 'linux',
) {
  const clock = virtualClock(NOON);
  const seen: Seen[] = [];
  const opened: Alert[] = [];
  const muted: (readonly string[])[] = [];
  const create = (options: NotificationConstructorOptions) => {
    const listeners = new Map<string, (details?: unknown) => void>();
    const shown = {
      on(event: string, listener: (details?: unknown) => void) {
        listeners.set(event, listener);
        return shown;
      },
      show: () =>
        void seen.push({
          ...options,
          click: () => listeners.get('click')?.(),
          press: (actionIndex) => listeners.get('action')?.({ actionIndex }),
        }),
      close: () => undefined,
    };
    return shown as unknown as ShownNotification;
  };
  const made = createNotifier({
    platform,
    isSupported: () => isSupported,
    create,
    settings: () => settings,
    onAlertClick: (alert) => opened.push(alert),
    onMute: (coinIds) => muted.push(coinIds),
  });
  const outbox = memoryOutbox();
  const delivery = createChannelDelivery({
    channel: notificationChannel({ notifier: made, isSupported: () => isSupported }),
    outbox,
    clock,
    random: () => 0.5,
    log: silentLog,
    onChange: () => undefined,
  });
  return {
    clock,
    seen,
    opened,
    muted,
    /** The results of the deliveries. */
    results: () => outbox.noted.filter(isSettled).map(({ status, reason }) => reason ?? status),
    notifier: {
      alert: (alert: Alert) => delivery.add([{ alert, takenAt: clock.now() }]),
      notify: made.notify,
      stop: delivery.stop,
    },
  };
}

describe('a notification', () => {
  it('names the coin, the direction and the figures, without a sound', async () => {
    const { clock, seen, notifier: make } = notifier();
    make.alert(trayAlert(NOON));
    await clock.advance(GATHER_MS);
    expect(seen).toHaveLength(1);
    expect(plain(seen[0]?.title ?? '')).toBe('Bitcoin ▲ +3.00%');
    expect(seen[0]?.body).toBe(
      '$61,800.00, average $60,000.00\nPrice changed by more than 2% from the 5-min average.',
    );
    expect(seen[0]?.silent).toBe(true);
  });

  it('plays a sound if that is configured', async () => {
    const { clock, seen, notifier: make } = notifier({ notificationSound: true });
    make.alert(trayAlert(NOON));
    await clock.advance(GATHER_MS);
    expect(seen[0]?.silent).toBe(false);
  });

  it('groups all alerts within two seconds', async () => {
    const { clock, seen, notifier: make } = notifier();
    make.alert(trayAlert(NOON));
    await clock.advance(1_000);
    make.alert(trayAlert(NOON, 'zcash'));
    await clock.advance(999);
    expect(seen).toEqual([]);
    await clock.advance(1);
    make.alert(trayAlert(NOON, 'monero'));
    await clock.advance(GATHER_MS);
    expect(seen.map(({ title }) => plain(title ?? ''))).toEqual([
      '2 price alerts: Bitcoin, Zcash',
      'Monero ▲ +3.00%',
    ]);
    expect(plain(seen[0]?.body ?? '')).toBe('Bitcoin ▲ +3.00% at $61,800.00\nZcash ▲ +3.00% at $61,800.00');
  });

  it("opens the window at the alert's coin and time when it is clicked", async () => {
    const { clock, seen, opened, notifier: make } = notifier();
    const alert = trayAlert(NOON);
    make.alert(alert);
    await clock.advance(GATHER_MS);
    seen[0]?.click();
    expect(opened).toEqual([alert]);
  });

  it.each(['darwin', 'win32'] as const)('has buttons on %s, and belongs to a group', async (platform) => {
    const { clock, seen, opened, muted, notifier: make } = notifier(undefined, true, platform);
    make.alert(trayAlert(NOON));
    make.alert(trayAlert(NOON, 'zcash'));
    await clock.advance(GATHER_MS);
    expect(seen[0]?.actions?.map(({ text }) => text)).toEqual(['Show chart', 'Mute 2 coins for 1 hour']);
    expect(seen[0]?.groupId).toBe('alerts');
    seen[0]?.press(0);
    expect(opened.map(({ coinId }) => coinId)).toEqual(['bitcoin']);
    seen[0]?.press(1);
    expect(muted).toEqual([['bitcoin', 'zcash']]);
  });

  it('has no buttons on Linux, where Electron has none', async () => {
    const { clock, seen, notifier: make } = notifier();
    make.alert(trayAlert(NOON));
    await clock.advance(GATHER_MS);
    expect(seen[0]).not.toHaveProperty('actions');
  });

  it('that was not shown when the program ended remains pending for the next start', async () => {
    const { clock, seen, results, notifier: make } = notifier();
    make.alert(trayAlert(NOON));
    await make.stop();
    await clock.advance(GATHER_MS);
    expect(seen).toEqual([]);
    expect(results()).toEqual([]);
  });
});

describe('a system without notifications', () => {
  it('shows nothing, and reports that', async () => {
    const { clock, seen, notifier: make } = notifier(undefined, false);
    make.alert(trayAlert(NOON));
    await clock.advance(GATHER_MS);
    expect(make.notify({ title: 'a', body: 'b' }, () => undefined)).toBe(false);
    expect(seen).toEqual([]);
  });
});

describe('the text of a summary', () => {
  const alerts = [trayAlert(NOON - 12 * 3_600_000), trayAlert(NOON, 'zcash')];

  it('counts the missed alerts, names the largest, and lists each with its time', () => {
    const missed = { reason: 'quiet-hours', at: NOON, hasMore: false } as const;
    const { title, body } = alertText(alerts, { missed });
    expect(plain(title)).toBe('2 alerts during quiet hours, the largest: Bitcoin ▲ +3.00%');
    expect(plain(body)).toBe('00:00  Bitcoin ▲ +3.00% at $61,800.00\n12:00  Zcash ▲ +3.00% at $61,800.00');
  });

  it('names the alert if there is only one', () => {
    const missed = { reason: 'paused', at: NOON, hasMore: false } as const;
    expect(plain(alertText(alerts.slice(0, 1), { missed }).title)).toBe(
      'Missed while alerts were paused: Bitcoin ▲ +3.00%',
    );
  });
});

describe('the text of many alerts', () => {
  it('names a few and counts the others', () => {
    const alerts = Array.from({ length: 9 }, (_, index) => trayAlert(NOON, `coin-${index}`));
    const { title, body } = alertText(alerts);
    expect(title).toBe('9 price alerts: Coin 0, Coin 1 and 7 more');
    expect(body.split('\n')).toHaveLength(4);
    expect(body.split('\n').at(-1)).toBe('and 6 more');
  });
});
