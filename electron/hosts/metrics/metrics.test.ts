import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Status } from '../../../shared/domain/status.ts';
import { text, verbatim } from '../../../shared/messages/message.ts';
import { type Exposition, parseExposition } from '../../../tests/prometheus-text.ts';
import type { Role } from '../../monitor/roles.ts';
import type { EventListener } from '../../monitor/status/event-hub.ts';
import { INITIAL_STATES } from '../../monitor/status/status-board.ts';
import { createMetrics } from './metrics.ts';

const { feed, database } = INITIAL_STATES;
const STATUS: Status = { feed, database, queue: { waitingTicks: 7, deadLetters: 2 }, problems: [] };
const READY: Status = { ...STATUS, database: { status: 'ready', kind: 'external' } };
const LIVE: Status = { ...STATUS, feed: { status: 'live', lastSuccessAt: 1 } };

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

function metricsOf(...roles: readonly Role[]) {
  const metrics = createMetrics({ roles, version: '1.2.3' });
  stops.push(metrics.stop);
  const listeners: EventListener[] = [];
  let current = STATUS;
  metrics.observe({
    subscribe(listener) {
      listeners.push(listener);
      return () => undefined;
    },
    status: () => current,
  });
  return {
    ...metrics,
    publish(status: Status) {
      current = status;
      for (const listener of listeners) listener({ event: 'status', payload: status });
    },
    scrape: async (): Promise<Exposition> => parseExposition(await metrics.registry.metrics()),
    reasons: () => metrics.unready().map((reason) => text(reason)),
  };
}

describe('readiness', () => {
  it('of the program on one machine depends on the database', () => {
    const { publish, enter, reasons } = metricsOf('all');
    publish(READY);
    expect(reasons()).toEqual(['The process is starting.']);
    enter('running');
    expect(reasons()).toEqual([]);
    publish({ ...STATUS, database: { status: 'down', since: 1, retryAt: 2, error: verbatim('') } });
    expect(reasons()).toEqual(['The database is not ready: down.']);
    publish(READY);
    expect(reasons()).toEqual([]);
    enter('stopping');
    expect(reasons()).toEqual(['The process is stopping.']);
  });

  it.each(['feed', 'alert', 'deliver'] as const)(
    'of the role %s requires membership in its group',
    (role) => {
      const { meter, enter, reasons } = metricsOf(role);
      enter('running');
      expect(reasons()).toEqual([`The process is not a member of the consumer group of the role ${role}.`]);
      meter.member(role, true);
      expect(reasons()).toEqual([]);
      meter.member(role, false);
      expect(reasons()).toHaveLength(1);
    },
  );

  it('of a process with several roles requires that of each role', () => {
    const { meter, publish, enter, reasons } = metricsOf('store', 'alert');
    enter('running');
    expect(reasons()).toHaveLength(3);
    meter.member('store', true);
    meter.member('alert', true);
    expect(reasons()).toEqual(['The database is not ready: starting.']);
    publish(READY);
    expect(reasons()).toEqual([]);
  });

  it('of the role serve does not depend on the database, because it shows prices without one', () => {
    const { meter, publish, enter, reasons } = metricsOf('serve');
    enter('running');
    publish(LIVE);
    expect(reasons()).toEqual(['The topics have not been read to their end yet.']);
    // There may be no price yet.
    publish(STATUS);
    meter.caughtUp();
    expect(reasons()).toEqual([]);
  });

  it('of the roles feed and serve does not depend on which feed is active', () => {
    const { meter, publish, enter, reasons } = metricsOf('feed', 'serve');
    enter('running');
    publish(STATUS);
    meter.member('feed', true);
    expect(reasons()).toEqual(['The topics have not been read to their end yet.']);
    meter.caughtUp();
    expect(reasons()).toEqual([]);
  });
});

describe('metrics', () => {
  it('count work by kind', async () => {
    const { meter, scrape } = metricsOf('all');
    meter.ticks([{ source: 'kraken' }, { source: 'coingecko' }, { source: 'kraken' }]);
    meter.ticks([]);
    meter.alerts([
      { kind: 'level', severity: 'info' },
      { kind: 'level', severity: 'critical' },
    ]);
    meter.deliveries('file', 'delivered', 3);
    meter.deliveries('ops', 'failed', 1);
    meter.channels([
      { id: 'file', waiting: 0 },
      { id: 'ops', waiting: 4 },
    ]);
    meter.consumed('store', { records: 2, ticks: 60 });
    meter.lag('store', 'cpm.ticks', 5);
    const { sum } = await scrape();
    expect(sum('cpm_ticks_total', { source: 'kraken' })).toBe(2);
    expect(sum('cpm_ticks_total')).toBe(3);
    expect(sum('cpm_alerts_total', { kind: 'level', severity: 'critical' })).toBe(1);
    expect(sum('cpm_deliveries_total', { channel: 'file', result: 'delivered' })).toBe(3);
    expect(sum('cpm_deliveries_total', { channel: 'ops', result: 'failed' })).toBe(1);
    expect(sum('cpm_deliveries_waiting', { channel: 'ops' })).toBe(4);
    expect(sum('cpm_consumed_ticks_total', { consumer: 'store' })).toBe(60);
    expect(sum('cpm_consumed_records_total', { consumer: 'store' })).toBe(2);
    expect(sum('cpm_consumer_lag_records', { consumer: 'store', topic: 'cpm.ticks' })).toBe(5);

    meter.channels([{ id: 'file', waiting: 1 }]);
    expect((await scrape()).sum('cpm_deliveries_waiting', { channel: 'ops' })).toBeNull();
  });

  it('start at 0, so that Prometheus counts the first event', async () => {
    const { meter, scrape } = metricsOf('all');
    meter.channels([{ id: 'ops', waiting: 1 }]);
    meter.member('store', false);
    const { sum } = await scrape();
    for (const result of ['delivered', 'failed', 'skipped', 'dead'])
      expect(sum('cpm_deliveries_total', { channel: 'ops', result })).toBe(0);
    expect(sum('cpm_deliveries_total', { result: 'pending' })).toBeNull();
    expect(sum('cpm_consumed_records_total', { consumer: 'store' })).toBe(0);
    expect(sum('cpm_consumed_ticks_total', { consumer: 'store' })).toBe(0);
    expect(sum('cpm_ticks_total', { source: 'coingecko' })).toBe(0);
    expect(sum('cpm_alerts_total', { kind: 'level', severity: 'critical' })).toBe(0);
    const { sum: ofStore } = await metricsOf('store').scrape();
    expect(ofStore('cpm_ticks_total')).toBeNull();
    expect(ofStore('cpm_alerts_total')).toBeNull();

    meter.deliveries('ops', 'dead', 2);
    meter.channels([{ id: 'ops', waiting: 0 }]);
    expect((await scrape()).sum('cpm_deliveries_total', { channel: 'ops', result: 'dead' })).toBe(2);
  });

  it('keep the text format for any name of a channel', async () => {
    const { meter, scrape } = metricsOf('all');
    const channel = 'a"b\\c\n{}=,';
    meter.deliveries(channel, 'dead', 1);
    expect((await scrape()).sum('cpm_deliveries_total', { channel })).toBe(1);
  });

  it('export the status, without values that the process does not know', async () => {
    const single = metricsOf('all');
    const alerting = metricsOf('alert');
    const names = ['cpm_database_ready', 'cpm_feed_live', 'cpm_store_lag_ticks', 'cpm_dead_letters'];
    const shown = async ({ scrape }: typeof single) => {
      const { sum } = await scrape();
      return names.map((name) => sum(name));
    };
    // As it was before anything changed.
    expect(await shown(single)).toEqual([0, 0, 7, 2]);
    for (const { publish } of [single, alerting]) publish({ ...READY, ...LIVE, database: READY.database });
    expect(await shown(single)).toEqual([1, 1, 7, 2]);
    expect(await shown(alerting)).toEqual([null, null, null, 2]);
    single.publish(STATUS);
    expect(await shown(single)).toEqual([0, 0, 7, 2]);
    const budget = { plan: 'demo', usedThisMonth: 12, leftThisMonth: 9_988, intervalSeconds: 60 } as const;
    const reason = verbatim('');
    single.publish({ ...STATUS, budget: { ...budget, reason } });
    expect((await single.scrape()).sum('cpm_provider_calls_left_month')).toBe(9_988);
    single.publish({ ...STATUS, budget: { ...budget, plan: 'keyless', leftThisMonth: null, reason } });
    expect((await single.scrape()).sum('cpm_provider_calls_left_month')).toBeNull();
    expect((await single.scrape()).sum('cpm_provider_calls_month')).toBe(12);
  });

  it('are those that docs/operations.md lists', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/operations.md'), 'utf8');
    const listed = [...docs.matchAll(/^\| `(cpm_\w+)/gm)].map(([, name]) => name);
    const served = metricsOf('all')
      .registry.getMetricsAsArray()
      .map(({ name }) => name);
    expect(listed.toSorted()).toEqual(served.filter((name) => name.startsWith('cpm_')).toSorted());
  });

  it('measure the delay of the event loop', async () => {
    const { scrape } = metricsOf('all');
    const observed = async () => (await scrape()).sum('cpm_event_loop_delay_seconds_count') ?? 0;
    while ((await observed()) < 2) await new Promise((resolve) => setImmediate(resolve));
    const until = performance.now() + 400;
    while (performance.now() < until); // blocks the event loop
    const before = await observed();
    while ((await observed()) === before) await new Promise((resolve) => setImmediate(resolve));
    const { sum } = await scrape();
    const counted = sum('cpm_event_loop_delay_seconds_count') ?? 0;
    expect(sum('cpm_event_loop_delay_seconds_bucket', { le: '0.1' })).toBeLessThan(counted);
  });
});
