import { Gauge, type Registry } from 'prom-client';
import type { Status } from '../../../shared/domain/status.ts';
import { PARTS, type Part } from '../../monitor/roles.ts';

/**
 * Creates the metrics of the program's status, which is read when they are collected. A value that the process does not know is
 * absent.
 */
export function createStatusMetrics(
  registry: Registry,
  parts: readonly Part[],
): { observe(status: () => Status): void } {
  let current: (() => Status) | null = null;
  const gauge = (
    name: string,
    help: string,
    knownTo: readonly Part[],
    read: (status: Status) => number | undefined,
  ): void => {
    const isKnown = parts.some((part) => knownTo.includes(part));
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = isKnown && current !== null ? read(current()) : undefined;
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  };
  gauge(
    'cpm_store_lag_ticks',
    'Ticks that wait for the database: those of the log, or those that were fetched from their topic.',
    ['store'],
    ({ queue }) => queue.waitingTicks,
  );
  gauge(
    'cpm_dead_letters',
    'Records that the database rejects permanently, or that cannot be read; with a role, those since the start.',
    ['rules', 'store', 'delivery'],
    ({ queue }) => queue.deadLetters,
  );
  gauge(
    'cpm_database_ready',
    '1 while the database can be used, else 0.',
    ['store', 'pages'],
    ({ database }) => Number(database.status === 'ready'),
  );
  gauge('cpm_feed_live', '1 while prices are live, else 0.', ['sources', 'pages'], ({ feed }) =>
    Number(feed.status === 'live'),
  );
  gauge('cpm_problems', 'Problems that the process reports.', PARTS, ({ problems }) => problems.length);
  gauge(
    'cpm_provider_calls_month',
    'Calls to the provider in this calendar month, UTC.',
    ['sources'],
    ({ budget }) => budget?.usedThisMonth,
  );
  gauge(
    'cpm_provider_calls_left_month',
    'Calls that the plan of the provider leaves in this calendar month, UTC. No value for a plan without a limit.',
    ['sources'],
    ({ budget }) => budget?.leftThisMonth ?? undefined,
  );
  return {
    observe(status) {
      current = status;
    },
  };
}
