import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Status } from '../../../shared/domain/status.ts';
import type { Message } from '../../../shared/messages/message.ts';
import type { Monitor } from '../../monitor/monitor.ts';
import { partsOf, type Role } from '../../monitor/roles.ts';
import type { Meter } from '../../monitor/status/meter.ts';
import { measureEventLoopDelay } from './event-loop-delay.ts';
import { createReadiness, type Readiness } from './readiness.ts';
import { createStatusMetrics } from './status-metrics.ts';
import { createWorkMetrics } from './work-metrics.ts';

/** The state of a process for Prometheus and probes. */
export type Metrics = {
  readonly registry: Registry;
  /** Metrics hooks for the parts. */
  readonly meter: Meter;
  /** Exports the status of a program. */
  observe(program: Pick<Monitor, 'subscribe'> & { status(): Status }): void;
  /** The parts of the process have started, or are being stopped. */
  readonly enter: Readiness['enter'];
  /** Why the process is not ready; empty when it is. */
  unready(): readonly Message[];
  /** Stops all measurements. */
  stop(): void;
};

export type MetricsOptions = {
  readonly roles: readonly Role[];
  /** The version of the program. */
  readonly version: string;
};

/** Starts measuring immediately, with a timer that `stop` clears. */
export function createMetrics({ roles, version }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  new Gauge({
    name: 'cpm_info',
    help: 'Always 1; its labels are the version of the program and the roles of the process.',
    labelNames: ['version', 'roles'] as const,
    registers: [registry],
  }).set({ version, roles: roles.join(',') }, 1);
  const parts = partsOf(roles);
  const status = createStatusMetrics(registry, parts);
  const work = createWorkMetrics(registry, parts);
  const readiness = createReadiness(roles);
  return {
    registry,
    meter: {
      ...work,
      member(consumer, isMember) {
        work.member(consumer, isMember);
        readiness.member(consumer, isMember);
      },
      caughtUp: readiness.caughtUp,
    },
    observe({ subscribe, status: current }) {
      status.observe(current);
      subscribe(({ event, payload }) => {
        if (event === 'status') readiness.status(payload);
      });
      // Events report changes only, so the current status is read once.
      readiness.status(current());
    },
    enter: readiness.enter,
    unready: readiness.reasons,
    stop: measureEventLoopDelay(registry),
  };
}
