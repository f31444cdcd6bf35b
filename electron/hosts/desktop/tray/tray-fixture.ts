import type { Alert } from '../../../../shared/domain/alert.ts';
import { quoteOf } from '../../../../shared/domain/quote-fixture.ts';
import type { Snapshot } from '../../../../shared/domain/snapshot.ts';
import type { TrayState } from './tray-state.ts';

/** For tests: a tray of two coins whose prices are live, in English local time. */
export function trayState(now: number, state: Partial<TrayState> = {}): TrayState {
  return {
    snapshot: traySnapshot(now),
    recentAlerts: [],
    hasUnread: false,
    unreadCount: 0,
    mutes: [],
    now,
    platform: 'linux',
    startsAtLogin: false,
    canUpdate: false,
    pageProblem: null,
    titleCoin: null,
    ...state,
  };
}

export function traySnapshot(now: number): Snapshot {
  return {
    version: '1.0.0',
    now,
    clockSpeed: 1,
    simulated: false,
    vsCurrency: 'usd',
    pollSeconds: 60,
    alertRule: { thresholdPct: 2, windowMinutes: 5 },
    quotes: [
      quoteOf({ price: 61_800, observedAt: now, change24hPct: 1.2 }),
      quoteOf({ coinId: 'ethereum', price: 3_000, observedAt: now, change24hPct: -0.4 }),
    ],
    status: {
      feed: { status: 'live', lastSuccessAt: now },
      database: { status: 'ready', kind: 'embedded' },
      queue: { waitingTicks: 0, deadLetters: 0 },
      alertsFile: { path: '/data/alerts.txt', isWritten: false, error: null, waitingLines: 0 },
      problems: [],
    },
  };
}

/** Bitcoin, 3% above its average. */
export function trayAlert(observedAt: number, coinId = 'bitcoin'): Alert {
  return {
    id: `moving-average:coingecko:${coinId}:usd:${observedAt}`,
    rule: 'moving-average',
    coinId,
    vsCurrency: 'usd',
    source: 'coingecko',
    observedAt,
    price: 61_800,
    kind: 'moving-average',
    params: { thresholdPct: 2, windowMinutes: 5 },
    severity: 'warning',
    direction: 'up',
    figures: { average: 60_000, changePct: 3 },
  };
}
