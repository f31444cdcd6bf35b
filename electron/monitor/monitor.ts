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

/** What a host provides to the program. */
export type MonitorOptions = {
  readonly dataDir: string;
  /** Text of command-line flags by setting name. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Where log lines go; standard error when absent. */
  readonly log?: Logger;
  /** Where the host stores secrets; if absent, they come only from the environment. */
  readonly secrets?: SecretStore;
  readonly databasePassword?: DatabasePassword;
  /** The API key that the host stores; one in the environment takes precedence. */
  readonly keptKey?: BoundSecret;
  /** The secrets of channels, in the format of the host's store. */
  readonly keptChannelSecrets?: string;
  /** The network of hosts that know the system's proxy; when absent, the proxies of the environment are used. */
  readonly network?: Network;
  /** Metrics hooks of the parts; nothing is counted if absent. */
  readonly meter?: Meter;
};

/** The program as seen by its hosts. */
export type Monitor = {
  /**
   * Starts the parts that run in the background: database, delivery, prices. Call it once, when the host is ready.
   *
   * @param channels the host's own channels for alerts
   */
  start(channels?: readonly Channel[]): void;
  /** Dispatches a request of a page to its procedure. */
  readonly dispatch: Dispatch;
  /** Calls the listener with every event until the returned function is called. */
  subscribe(listener: EventListener): () => void;
  snapshot(): Snapshot;
  /** The settings in effect. */
  settings(): Settings;
  /**
   * Until `resumePolling`, no prices or history are requested and no trades are followed; for the time that the machine sleeps.
   */
  pausePolling(): void;
  /** Requests prices again, the first immediately. */
  resumePolling(): void;
  /** Requests the next price immediately, as far as the provider's limits allow; for when the network is back. */
  pollNow(): void;
  readonly dataDir: string;
  readonly log: Logger;
  /** The configured port of the browser host, or null. */
  readonly port: number | null;
  /**
   * Stops the parts in the reverse order of their creation: no more prices are accepted, alerts are delivered, and pending data
   * is written as far as the database responds within `timeoutMs`. The rest is on disk and continues at the next start.
   */
  stop(timeoutMs: number): Promise<void>;
};
