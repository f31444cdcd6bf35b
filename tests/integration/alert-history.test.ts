import { expect, it } from 'vitest';
import { type Alert, resolvedId } from '../../shared/domain/alert.ts';
import { type AlertCursor, type AlertFilter, matchesFilter } from '../../shared/domain/alert-query.ts';
import type { Resolution } from '../../shared/domain/resolution.ts';
import { alert, openTestStorage, queryEmbedded, tick, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;
const COUNT = 10_000;
const COINS = ['bitcoin', 'ethereum', 'zcash'];
const RULES = ['moving-average', 'btc-hour'];
const SEVERITIES = ['info', 'warning', 'critical'] as const;

const ALERTS: readonly Alert[] = Array.from({ length: COUNT }, (_, index) =>
  alert({
    id: `a${index}`,
    observedAt: START + index * MINUTE_MS,
    coinId: COINS[index % 3] ?? '',
    rule: RULES[index % 2] ?? '',
    severity: SEVERITIES[index % 5] ?? 'warning',
    direction: index % 7 === 0 ? null : index % 4 === 0 ? 'down' : 'up',
    ...(index % 11 === 1 && {
      inhibitedBy: { alertId: `a${index - 1}`, coinId: 'bitcoin', beta: 1, beyondPct: 0 },
    }),
  }),
);

const FILTERS: readonly AlertFilter[] = [
  {},
  { coinId: 'zcash' },
  { rule: 'btc-hour', severity: 'critical' },
  { direction: 'down', coinId: 'ethereum' },
  { from: START + 100 * MINUTE_MS, to: START + 700 * MINUTE_MS },
  { coinId: 'bitcoin', rule: 'moving-average', severity: 'info', direction: 'up', from: START + MINUTE_MS },
  { isInhibited: true, direction: 'up' },
  { isInhibited: false, coinId: 'zcash' },
  { coinId: 'no-such-coin' },
];

it('finds the same alerts of a filter, page by page, as a full scan of ten thousand', async () => {
  await withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    for (let first = 0; first < COUNT; first += 500) {
      await storage.accept({ ticks: [], alerts: ALERTS.slice(first, first + 500) });
    }
    await storage.accept({ ticks: [tick({ observedAt: START + COUNT * MINUTE_MS })], alerts: [] });
    await storage.untilWritten();

    for (const filter of FILTERS) {
      const found: Alert[] = [];
      for (let before: AlertCursor | undefined; ; before = found.at(-1)) {
        const page = await storage.alerts({ limit: 1_000, before, filter });
        found.push(...page);
        if (page.length < 1_000) break;
      }
      const expected = ALERTS.filter((each) => matchesFilter(each, filter)).toReversed();
      expect(found.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
    }

    const since = START + 9_000 * MINUTE_MS;
    const activity = await storage.ruleActivity(since);
    expect(activity).toEqual(
      RULES.toSorted().map((rule) => ({
        rule,
        last: ALERTS.findLast((each) => each.rule === rule),
        count: ALERTS.filter((each) => each.rule === rule && each.observedAt >= since).length,
      })),
    );

    // While the database is unavailable, the alerts come from the copy beside the log.
    await storage.stop(0);
    const away = openTestStorage(dataDir, 'postgresql://ada@127.0.0.1:1/prices');
    const filter = { coinId: 'zcash', direction: 'up' } as const;
    const newest = ALERTS.filter((each) => matchesFilter(each, filter))
      .slice(-20)
      .toReversed();
    expect((await away.alerts({ limit: 20, filter })).map(({ id }) => id)).toEqual(
      newest.map(({ id }) => id),
    );
    expect((await away.ruleActivity(since)).map(({ rule }) => rule)).toEqual(RULES.toSorted());
    await away.stop(0);
  });
});

it('shows how an alert was resolved, with and without the database, however often that is written', async () => {
  await withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    const [first, second] = ALERTS as readonly [Alert, Alert];
    const resolution: Resolution = {
      alertId: first.id,
      resolvedAt: first.observedAt + 12 * MINUTE_MS,
      reason: 'over',
      extreme: { price: 106.25, observedAt: first.observedAt + 1, figures: { changePct: 6.25 } },
    };
    const event = { ...first, id: resolvedId(first.id), resolution };
    await storage.accept({ ticks: [tick({ observedAt: START })], alerts: [first, second] });
    await storage.accept({ ticks: [tick({ observedAt: START + 1 })], alerts: [event] });
    await storage.accept({ ticks: [tick({ observedAt: START + 2 })], alerts: [event] });
    await storage.untilWritten();
    const expected = [second, { ...first, resolution }];
    expect(await storage.alerts({ limit: 10 })).toEqual(expected);
    // The rows of the database, without those of the log.
    const rows = await queryEmbedded(
      dataDir,
      'select id, resolved_at, end_reason, extreme_price from alerts order by observed_at',
    );
    expect(rows).toEqual([
      {
        id: first.id,
        resolved_at: new Date(resolution.resolvedAt),
        end_reason: 'over',
        extreme_price: 106.25,
      },
      { id: second.id, resolved_at: null, end_reason: null, extreme_price: null },
    ]);
    await storage.stop(0);
    const away = openTestStorage(dataDir, 'postgresql://ada@127.0.0.1:1/prices');
    expect(await away.alerts({ limit: 10 })).toEqual(expected);
    await away.stop(0);
  });
});

it('shows what inhibits an alert, with and without the database', async () => {
  await withDataDir(async (dataDir) => {
    const storage = openTestStorage(dataDir);
    const [leading, second] = ALERTS as readonly [Alert, Alert];
    const inhibitedBy = { alertId: leading.id, coinId: 'bitcoin', beta: 1.25, beyondPct: -0.125 };
    const follower = { ...second, inhibitedBy };
    await storage.accept({ ticks: [tick({ observedAt: START })], alerts: [leading, follower] });
    await storage.untilWritten();
    expect(await storage.alerts({ limit: 10 })).toEqual([follower, leading]);
    const rows = await queryEmbedded(
      dataDir,
      "select id, inhibited_by ->> 'alertId' as by from alerts order by observed_at",
    );
    expect(rows).toEqual([
      { id: leading.id, by: null },
      { id: follower.id, by: leading.id },
    ]);
    await storage.stop(0);
    const away = openTestStorage(dataDir, 'postgresql://ada@127.0.0.1:1/prices');
    expect(await away.alerts({ limit: 10 })).toEqual([follower, leading]);
    await away.stop(0);
  });
});
