import type { Alert } from '../../shared/domain/alert.ts';
import type { ChannelState } from '../../shared/domain/delivery.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Status } from '../../shared/domain/status.ts';
import { mutesInForce } from '../../shared/settings/mutes.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import { marketDirection } from './alerts/market-direction.ts';
import type { OpenParts } from './async/open-parts.ts';
import type { AlertTables } from './delivery/alert-tables.ts';
import type { Channel } from './delivery/channel.ts';
import { secretTarget, secretVariable } from './delivery/channel-secrets.ts';
import { ALERTS_FILE_ID, alertsFileChannel } from './delivery/channels/alerts-file/alerts-file.ts';
import { CHANNEL_KINDS } from './delivery/channels/registry.ts';
import type { ReadCandles } from './delivery/chart/alert-charts.ts';
import { createDispatcher, type Dispatcher } from './delivery/dispatcher.ts';
import { createSendHttp } from './delivery/http/send-http.ts';
import type { OpenChannelOptions } from './delivery/open-channel.ts';
import { createQuietTimes, type QuietTimes, quietAt } from './delivery/quiet-times.ts';
import { createUserChannels } from './delivery/user-channels.ts';
import type { LocalLog } from './log/local-log.ts';
import type { Logger } from './logging/logger.ts';
import type { Network } from './network/network.ts';
import type { StoredChannelSecrets } from './secrets/stored-channel-secrets.ts';
import type { Meter } from './status/meter.ts';
import { type Clock, systemClock } from './time/clock.ts';

export type DeliveryOptions = {
  readonly dataDir: string;
  /** The path of alerts.txt. */
  readonly alertsPath: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The settings in force. */
  readonly settings: () => Settings;
  /** Reads stored candles, for the charts of messages. */
  readonly candles: ReadCandles;
  readonly keptSecrets: StoredChannelSecrets;
  readonly tickLog: LocalLog<AlertTables>;
  /** The clock with which batches are appended. */
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Logger;
  readonly network: Network;
  readonly meter: Meter;
  readonly report: {
    readonly alertsFile: (state: Status['alertsFile']) => void;
    readonly quiet: (quiet: Status['quiet']) => void;
    readonly problems: (...problems: readonly Problem[]) => void;
  };
};

/** Delivers alerts to the channels of the settings, to alerts.txt, and to the channels of the host. */
export type Delivery = {
  readonly dispatcher: Dispatcher;
  readonly quietTimes: Pick<QuietTimes, 'changed'>;
  /** How the channels of the settings are opened. */
  readonly opening: OpenChannelOptions;
  /** Whether the environment provides a secret of a channel. */
  isInEnvironment(channelId: string, option: string): boolean;
  /** Problems with the channels of the settings. */
  problems(): readonly Problem[];
  start(hostChannels: readonly Channel[]): void;
  /** Reopens the channels of the current settings. Does nothing before the start. */
  change(): Promise<void>;
};

/** Composes delivery: opening of channels → the list of channels → the dispatcher, which follows the log → quiet times. */
export function composeDelivery(options: DeliveryOptions, parts: OpenParts): Delivery {
  const { dataDir, alertsPath, env, settings, keptSecrets, tickLog, clock, random, log, meter, report } =
    options;

  const sendHttp = parts.add(createSendHttp({ network: options.network }), (opened) => opened.close());
  const secretInEnvironment = (channelId: string, option: string): string | null =>
    env[secretVariable(channelId, option)]?.trim() || null;
  const opening: OpenChannelOptions = {
    kinds: CHANNEL_KINDS,
    context: { sendHttp, clock: systemClock, dataDir, candles: options.candles },
    secret: (setting, option) =>
      secretInEnvironment(setting.id, option) ?? keptSecrets.get(setting.id, option, secretTarget(setting)),
    watchlists: () => settings().watchlists,
  };

  const userChannels = createUserChannels(opening);
  let channelProblems: readonly Problem[] = [];
  /** alerts.txt, unless a channel of the settings replaces it. */
  let defaultFile: Channel | null = null;
  /** The path that alerts are appended to; null when a channel of another kind replaces the file. */
  let path: string | null = alertsPath;
  /**
   * The file comes first, because the dispatcher delivers to the first channel before any work for the others. A channel of the settings
   * replaces the built-in one with its id: both would have one cursor.
   */
  const chooseChannels = (ofHost: readonly Channel[]) => {
    const { channels, unusable, problems } = userChannels.open(settings().channels);
    channelProblems = problems;
    report.problems(...problems);
    const own = channels.find(({ id }) => id === ALERTS_FILE_ID);
    const file = own ?? defaultFile ?? alertsFileChannel(alertsPath, { besideLog: dataDir });
    defaultFile = own === undefined ? file : null;
    path = file.path ?? null;
    const replaced = new Set(channels.map(({ id }) => id));
    return {
      channels: [
        file,
        ...channels.filter((channel) => channel !== file),
        ...ofHost.filter(({ id }) => !replaced.has(id)),
      ],
      unusable,
    };
  };

  const dispatcher = parts.add(
    createDispatcher({
      tickLog,
      outbox: tickLog.alerts.outbox,
      // Mutes and quiet times use real time, even when the program's clock runs faster.
      mutes: () => mutesInForce(settings().mutes, systemClock.now()),
      quiet: () => quietAt(settings(), systemClock.now())?.reason ?? null,
      market() {
        const { marketAlerts, coins, ...inForce } = settings();
        if (!marketAlerts.enabled) return null;
        const rules = rulesInForce(inForce);
        const directionOf = (alert: Alert) => marketDirection(alert, rules);
        return { setting: marketAlerts, watched: coins.length, directionOf };
      },
      clock,
      random,
      log,
      report(channels) {
        const file = channels.find(({ id }) => id === ALERTS_FILE_ID);
        report.alertsFile(path === null ? undefined : fileState(path, file));
        meter.channels(channels);
      },
      onResult: meter.deliveries,
    }),
    (opened) => opened.stop(),
  );
  tickLog.follow(dispatcher.wake);
  const quietTimes = parts.add(
    createQuietTimes({
      settings,
      clock: systemClock,
      report(quiet) {
        report.quiet(quiet ?? undefined);
        dispatcher.quietChanged();
      },
    }),
    (opened) => opened.stop(),
  );

  /** Null until delivery has started. */
  let hostChannels: readonly Channel[] | null = null;

  return {
    dispatcher,
    quietTimes,
    opening,
    isInEnvironment: (channelId, option) => secretInEnvironment(channelId, option) !== null,
    problems: () => channelProblems,
    start(ofHost) {
      hostChannels = ofHost;
      const { channels, unusable } = chooseChannels(ofHost);
      dispatcher.start(channels, unusable);
    },
    async change() {
      if (hostChannels === null) return;
      const { channels, unusable } = chooseChannels(hostChannels);
      await dispatcher.change(channels, unusable);
    },
  };
}

/** @param channel the state of its channel; undefined while that is not open */
function fileState(path: string, channel: ChannelState | undefined): NonNullable<Status['alertsFile']> {
  return {
    path,
    isWritten: channel !== undefined && channel.lastDeliveredAt !== null,
    error: channel?.failure?.message ?? null,
    waitingLines: channel?.waiting ?? 0,
  };
}
