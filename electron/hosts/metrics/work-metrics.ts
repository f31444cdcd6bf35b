import { Counter, Gauge, type Registry } from 'prom-client';
import { SEVERITIES } from '../../../shared/domain/alert.ts';
import { DELIVERY_STATUSES } from '../../../shared/domain/delivery.ts';
import { SOURCES } from '../../../shared/domain/source.ts';
import { ALERT_KINDS } from '../../monitor/alert-kinds.ts';
import type { Part } from '../../monitor/roles.ts';
import type { Meter } from '../../monitor/status/meter.ts';

const RESULTS = DELIVERY_STATUSES.filter((status) => status !== 'pending');

/**
 * Counts the work of the parts. Counters exist with the value 0 as soon as their labels are known: Prometheus' `increase` does
 * not see the first event of a counter that appears with it.
 */
export function createWorkMetrics(registry: Registry, parts: readonly Part[]): Omit<Meter, 'caughtUp'> {
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Counter({ name, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, ...labelNames: Label[]) =>
    new Gauge({ name, help, labelNames, registers });

  const ticks = counter('cpm_ticks_total', 'Ticks that this process accepted from sources.', 'source');
  const alerts = counter(
    'cpm_alerts_total',
    'Alerts that the rules of this process raised.',
    'kind',
    'severity',
  );
  const deliveries = counter(
    'cpm_deliveries_total',
    'Alerts by channel and by how an attempt to deliver them ended. Those that failed are tried again.',
    'channel',
    'result',
  );
  const waiting = gauge(
    'cpm_deliveries_waiting',
    'Alerts that wait for their first attempt, for another one or for a summary.',
    'channel',
  );
  const records = counter(
    'cpm_consumed_records_total',
    'Records of topics that this process applied and committed.',
    'consumer',
  );
  const consumedTicks = counter(
    'cpm_consumed_ticks_total',
    'Ticks in the records that this process applied and committed.',
    'consumer',
  );
  const lag = gauge(
    'cpm_consumer_lag_records',
    'Records in the partitions of this process that its consumer has not committed.',
    'consumer',
    'topic',
  );
  const member = gauge(
    'cpm_consumer_member',
    '1 while the process is a member of the consumer group, else 0.',
    'consumer',
  );

  if (parts.includes('sources')) for (const source of SOURCES) ticks.inc({ source }, 0);
  if (parts.includes('rules'))
    for (const kind of ALERT_KINDS) for (const severity of SEVERITIES) alerts.inc({ kind, severity }, 0);
  return {
    ticks(accepted) {
      for (const [source, ofSource] of Map.groupBy(accepted, (tick) => tick.source))
        ticks.inc({ source }, ofSource.length);
    },
    alerts(raised) {
      for (const { kind, severity } of raised) alerts.inc({ kind, severity });
    },
    deliveries: (channel, result, count) => deliveries.inc({ channel, result }, count),
    channels(states) {
      waiting.reset(); // a channel may be gone
      for (const { id: channel, waiting: count } of states) {
        waiting.set({ channel }, count);
        for (const result of RESULTS) deliveries.inc({ channel, result }, 0);
      }
    },
    consumed(consumer, work) {
      records.inc({ consumer }, work.records);
      consumedTicks.inc({ consumer }, work.ticks);
    },
    lag: (consumer, topic, behind) => lag.set({ consumer, topic }, behind),
    member(consumer, isMember) {
      member.set({ consumer }, Number(isMember));
      records.inc({ consumer }, 0);
      consumedTicks.inc({ consumer }, 0);
    },
  };
}
