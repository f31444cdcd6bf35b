import type { Alert } from '../../../shared/domain/alert.ts';
import type { ChannelState, DeliveryStatus } from '../../../shared/domain/delivery.ts';
import type { Tick } from '../../../shared/domain/tick.ts';

/** Metrics hooks. None of them throws, or takes longer than a few microseconds. */
export type Meter = {
  /** Ticks of a source were accepted. */
  ticks(ticks: readonly Pick<Tick, 'source'>[]): void;
  /** Rules raised these alerts. */
  alerts(alerts: readonly Pick<Alert, 'kind' | 'severity'>[]): void;
  /** Delivery attempts completed: `failed` is retried, the others are final. */
  deliveries(channel: string, result: Exclude<DeliveryStatus, 'pending'>, alerts: number): void;
  /** All open channels, with the number of waiting alerts for each. */
  channels(states: readonly Pick<ChannelState, 'id' | 'waiting'>[]): void;
  /** A consumer of topics has committed this work. */
  consumed(consumer: string, work: { readonly records: number; readonly ticks: number }): void;
  /** Uncommitted records in the partitions of this process. */
  lag(consumer: string, topic: string, records: number): void;
  /** Whether the process is a member of the consumer group. */
  member(consumer: string, isMember: boolean): void;
  /** The role `serve` has read all that was in the topics when it started. */
  caughtUp(): void;
};

/** A meter that counts nothing. */
export const NO_METER: Meter = {
  ticks: () => undefined,
  alerts: () => undefined,
  deliveries: () => undefined,
  channels: () => undefined,
  consumed: () => undefined,
  lag: () => undefined,
  member: () => undefined,
  caughtUp: () => undefined,
};
