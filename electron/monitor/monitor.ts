import type { Snapshot } from '../../shared/domain/snapshot.ts';
import type { SettingName, Settings } from '../../shared/settings/settings.ts';
import type { Channel } from './delivery/channel.ts';
import type { Logger } from './logging/logger.ts';
import type { Network } from './network/network.ts';
import type { Dispatch } from './procedures/dispatch.ts';
import type { BoundSecret } from './secrets/bound-secret.ts';
import type { DatabasePassword } from './secrets/database-password.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import type { EventListener } from './status/event-hub.ts';
import type { Meter } from './status/meter.ts';
import type { Clock } from './time/clock.ts';

/** What a host gives to the program. */
export type MonitorOptions = {
  readonly dataDir: string;
  /** Text of command-line flags by setting name. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Where log lines go; standard error when absent. */
  readonly log?: Logger;
  /** Where the host keeps secrets; absent, they come from the environment alone. */
  readonly secrets?: SecretStore;
  readonly databasePassword?: DatabasePassword;
  /** The API key that the host keeps; one in the environment goes first. */
  readonly keptKey?: BoundSecret;
  /** The secrets of channels, as the host's store keeps them. */
  readonly keptChannelSecrets?: string;
  /** The network of hosts that know the system's proxy; when absent, the proxies of the environment are used. */
  readonly network?: Network;
  /** Counts the work of the parts; nobody does when absent. */
  readonly meter?: Meter;
};

/** The program, as hosts see it. */
export type Monitor = {
  /**
   * Starts what runs by itself: database, delivery, prices. Call it once, when the host can be used.
   *
   * @param channels the host's own ways to bring alerts to people
   */
  start(channels?: readonly Channel[]): void;
  /** Dispatches a request of a page to its procedure. */
  readonly dispatch: Dispatch;
  /** Calls the listener with every event until the returned function is called. */
  subscribe(listener: EventListener): () => void;
  snapshot(): Snapshot;
  /** The settings in force. */
  settings(): Settings;
  /**
   * Until `resumePolling` no prices or history are requested, and no trades are followed; for the time that the machine
   * sleeps.
   */
  pausePolling(): void;
  /** Prices are requested again, the first at once. */
  resumePolling(): void;
  /** The next price is requested at once, as far as the provider's limits allow; for when the network is back. */
  pollNow(): void;
  readonly dataDir: string;
  readonly log: Logger;
  /** The port that the user wants for the browser host, or null. */
  readonly port: number | null;
  /**
   * Stops the parts in the reverse of the order in which they were made: no more prices are taken, alerts are delivered, and
   * what waits is written as far as the database answers within `timeoutMs`. What is left is on disk and goes on at the next
   * start.
   */
  stop(timeoutMs: number): Promise<void>;
};
