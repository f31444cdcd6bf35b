import type { Alert } from '../../../shared/domain/alert.ts';
import type { ChannelState, DeliveryStatus } from '../../../shared/domain/delivery.ts';
import type { Tick } from '../../../shared/domain/tick.ts';

/** What parts tell of their work, for those who count it. Nothing here throws, or takes longer than a few microseconds. */
export type Meter = {
  /** Ticks of a source were accepted. */
  ticks(ticks: readonly Pick<Tick, 'source'>[]): void;
  /** Rules raised these alerts. */
  alerts(alerts: readonly Pick<Alert, 'kind' | 'severity'>[]): void;
  /** Attempts to deliver ended: `failed` is tried again, the others are final. */
  deliveries(channel: string, result: Exclude<DeliveryStatus, 'pending'>, alerts: number): void;
  /** All open channels, with what waits for each. */
  channels(states: readonly Pick<ChannelState, 'id' | 'waiting'>[]): void;
  /** A consumer of topics has committed so much. */
  consumed(consumer: string, work: { readonly records: number; readonly ticks: number }): void;
  /** Records in the partitions of this process that its consumer has not committed. */
  lag(consumer: string, topic: string, records: number): void;
  /** Whether the process is a member of the consumer group. */
  member(consumer: string, isMember: boolean): void;
  /** The role `serve` has read all that was in the topics when it started. */
  caughtUp(): void;
};

/** Of a program that nobody counts. */
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
