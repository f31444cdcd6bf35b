import { Gauge, type Registry } from 'prom-client';
import type { Status } from '../../../shared/domain/status.ts';
import type { ProcessRole } from './process-role.ts';

/** Sets the metrics of the program's status. A value that the process does not know is absent. */
export function createStatusMetrics(
  registry: Registry,
  roles: readonly ProcessRole[],
): { status(status: Status): void } {
  let known: Status | null = null;
  const gauge = (
    name: string,
    help: string,
    knownTo: readonly ProcessRole[],
    read: (status: Status) => number | undefined,
  ): void => {
    const isKnown = roles.some((role) => knownTo.includes(role));
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        const value = isKnown && known !== null ? read(known) : undefined;
        if (value === undefined) this.remove();
        else this.set(value);
      },
    });
  };
  const EVERY: readonly ProcessRole[] = ['all', 'feed', 'alert', 'store', 'deliver', 'serve'];
  gauge(
    'cpm_store_lag_ticks',
    'Ticks that wait for the database: those of the log, or those that were fetched from their topic.',
    ['all', 'store'],
    ({ queue }) => queue.waitingTicks,
  );
  gauge(
    'cpm_dead_letters',
    'Records that the database can never take, or that cannot be read; with a role, those since the start.',
    ['all', 'alert', 'store', 'deliver'],
    ({ queue }) => queue.deadLetters,
  );
  gauge(
    'cpm_database_ready',
    '1 while the database can be used, else 0.',
    ['all', 'store', 'serve'],
    ({ database }) => Number(database.status === 'ready'),
  );
  gauge('cpm_feed_live', '1 while prices are live, else 0.', ['all', 'feed', 'serve'], ({ feed }) =>
    Number(feed.status === 'live'),
  );
  gauge('cpm_problems', 'Problems that the process reports.', EVERY, ({ problems }) => problems.length);
  gauge(
    'cpm_provider_calls_month',
    'Calls to the provider in this calendar month, UTC.',
    ['all', 'feed'],
    ({ budget }) => budget?.usedThisMonth,
  );
  gauge(
    'cpm_provider_calls_left_month',
    'Calls that the plan of the provider leaves in this calendar month, UTC. No value for a plan without a limit.',
    ['all', 'feed'],
    ({ budget }) => budget?.leftThisMonth ?? undefined,
  );
  return {
    status(status) {
      known = status;
    },
  };
}
