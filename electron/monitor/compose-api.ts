import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { ApiError } from '../../shared/contract/api-error.ts';
import type { Quote } from '../../shared/domain/quote.ts';
import type { RulePhase } from '../../shared/domain/rule-phase.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { message } from '../../shared/messages/message.ts';
import { RETENTION_SETTINGS } from '../../shared/settings/retention.ts';
import { DELIVERY_SETTINGS, DESKTOP_SETTINGS, type SettingName } from '../../shared/settings/settings.ts';
import type { OpenParts } from './async/open-parts.ts';
import { createRuleHolding } from './backtest/rule-holding.ts';
import { createRulePreviews } from './backtest/rule-previews.ts';
import { createRuleSolver } from './backtest/rule-solver.ts';
import type { Delivery } from './compose-delivery.ts';
import type { Ingest } from './compose-ingest.ts';
import type { Sources } from './compose-sources.ts';
import type { AlertTables } from './delivery/alert-tables.ts';
import { hideSecrets } from './delivery/channel-secrets.ts';
import { CHANNEL_KINDS } from './delivery/channels/registry.ts';
import type { WatchConfig } from './ingest/watched.ts';
import type { Logger } from './logging/logger.ts';
import { createChannelAdmin } from './procedures/channel-admin.ts';
import { createDispatch, type Dispatch } from './procedures/dispatch.ts';
import { createApi, createReadOnlyApi } from './procedures/procedures.ts';
import { createRuleAdmin, createRuleTrials, type RuleTrialsOptions } from './procedures/rule-admin.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import type { StoredChannelSecrets } from './secrets/stored-channel-secrets.ts';
import { createSettingsCheck } from './settings/check-settings.ts';
import { createKeyChanges } from './settings/key-changes.ts';
import type { SettingsStore } from './settings/settings.ts';
import { settingsWithoutSecrets } from './settings/settings-without-secrets.ts';
import { createSettingsWriter, type SettingsWriter } from './settings/settings-writer.ts';
import { watchFile } from './settings/watch-file.ts';
import { AHEAD_MS, type TickTimes } from './sources/tick-times.ts';
import type { EventHub } from './status/event-hub.ts';
import type { StatusBoard } from './status/status-board.ts';
import type { StoredNotices } from './status/stored-notices.ts';
import { embeddedConnectionUrl } from './store/postgres/embedded-url.ts';
import type { Store } from './store/store.ts';
import { createTransfers } from './store/transfer/transfers.ts';
import { type Clock, systemClock } from './time/clock.ts';

/** Shown until the sources have reported their states. */
const DEFAULT_POLL_SECONDS = 60;

export type ApiOptions = {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: SettingsStore;
  /** Absent if the host stores no secrets. */
  readonly secrets: SecretStore | undefined;
  readonly keptChannelSecrets: StoredChannelSecrets;
  readonly notices: StoredNotices;
  readonly status: Pick<StatusBoard, 'current'>;
  readonly hub: Pick<EventHub, 'emit'>;
  /** The corrected current time, see `correctedClock`. */
  readonly clock: Clock;
  readonly times: Pick<TickTimes, 'latestKept'>;
  readonly log: Logger;
  readonly alerts: Pick<AlertTables, 'outbox' | 'unread'>;
  readonly store: Store;
  readonly delivery: Delivery;
  readonly ingest: Ingest;
  readonly sources: Sources;
};

/** The interface for pages and hosts. */
export type Api = {
  readonly dispatch: Dispatch;
  snapshot(): Snapshot;
};

/** Composes the interface for pages: the snapshot → changes of the settings → trials of rules → the procedures. */
export function composeApi(options: ApiOptions, parts: OpenParts): Api {
  const { dataDir, settings, secrets, notices, hub, clock, times, log, alerts, store, delivery, sources } =
    options;
  const { watch, latest } = options.ingest;

  const snapshot = (): Snapshot =>
    snapshotOf({
      settings,
      status: options.status,
      clock,
      isSimulated: sources.isSimulated(),
      vsCurrency: watch.config().vsCurrency,
      quotes: latest.list(),
    });
  const settingsWriter = openSettingsWriter(options, parts);
  const trials = composeTrials({ store, clock, config: watch.config }, parts);

  const procedures = createApi({
    latest: times.latestKept,
    store,
    settings: settings.current,
    snapshot,
    settingsView() {
      const view = settings.view(dataDir);
      const channels = hideSecrets(view.settings.channels, CHANNEL_KINDS);
      return { ...view, settings: { ...view.settings, channels } };
    },
    settingsWriter,
    secrets,
    unread: {
      ids: alerts.unread.ids,
      markRead(alertIds) {
        alerts.unread.markRead(alertIds);
        hub.emit({ event: 'alerts-read', payload: { alertIds } });
      },
    },
    channels: createChannelAdmin({
      kinds: CHANNEL_KINDS,
      settings: () => settings.view(dataDir).settings.channels,
      dispatcher: delivery.dispatcher,
      outbox: alerts.outbox,
      problems: delivery.problems,
      opening: delivery.opening,
      kept: options.keptChannelSecrets,
      isInEnvironment: delivery.isInEnvironment,
      write: (change) => settingsWriter.update(({ channels }) => ({ channels: [...change(channels)] })),
      reopen: delivery.change,
      clock: systemClock,
    }),
    rules: createRuleAdmin({ ...trials, settingsWriter }),
    transfers: parts.add(
      createTransfers({
        databaseUrl: async () => settings.databaseUrl() || embeddedConnectionUrl(dataDir),
        vsCurrency: () => watch.config().vsCurrency,
        env: options.env,
        folder: join(dataDir, 'transfers'),
        backedUp: () => ({
          settings: settingsOrNull(join(dataDir, 'settings.json'), log),
          programVersion: packageJson.version,
        }),
        clock: systemClock,
        onImported(coinId, vsCurrency) {
          store.changedElsewhere();
          hub.emit({ event: 'history', payload: { coinId, vsCurrency } });
        },
      }),
      (opened) => opened.stop(),
    ),
    phases: () => watch.phases(clock.now()),
    now: clock.now,
    realNow: systemClock.now,
    dismissNotice: notices.dismiss,
    search: sources.search,
    currencies: sources.currencies,
  });
  return { dispatch: createDispatch(procedures, log), snapshot };
}

/** A backup without settings is better than none. */
function settingsOrNull(path: string, log: Logger): string | null {
  try {
    return settingsWithoutSecrets(path);
  } catch (err) {
    log.warn({ err }, 'a backup has no settings, because they cannot be read');
    return null;
  }
}

export type ReadOnlyApiOptions = Pick<ApiOptions, 'dataDir' | 'settings' | 'status' | 'clock' | 'log'> & {
  readonly store: Pick<
    Store,
    'candles' | 'alerts' | 'alertMarks' | 'ruleActivity' | 'pastCandles' | 'prices'
  >;
  /** The watched coins and their currency. */
  readonly config: WatchConfig;
  readonly quotes: () => readonly Quote[];
  readonly phases: () => readonly RulePhase[];
};

/**
 * Composes the interface for pages of an installation with several processes: read access only. Its settings are those of this
 * process's environment and files; the state of other processes, such as what a channel has delivered, is not shown.
 */
export function composeReadOnlyApi(options: ReadOnlyApiOptions, parts: OpenParts): Api {
  const { dataDir, settings, status, clock, log, store, config, quotes, phases } = options;
  const reason = message('call.read-only');
  const snapshot = (): Snapshot => ({
    ...snapshotOf({
      settings,
      status,
      clock,
      isSimulated: false,
      vsCurrency: config.vsCurrency,
      quotes: quotes(),
    }),
    isReadOnly: true,
  });
  const procedures = createReadOnlyApi(
    {
      latest: () => clock.now() + AHEAD_MS,
      store,
      settings: settings.current,
      snapshot,
      settingsView() {
        const view = settings.view(dataDir);
        const origins = Object.keys(view.settings).map((name) => [name, 'installation'] as const);
        const channels = hideSecrets(view.settings.channels, CHANNEL_KINDS);
        return { ...view, origins: Object.fromEntries(origins), settings: { ...view.settings, channels } };
      },
      secrets: undefined,
      unread: { ids: () => [] },
      channels: { kinds: () => [], list: () => [], deliveries: () => [] },
      rules: createRuleTrials(composeTrials({ store, clock, config: () => config }, parts)),
      phases,
      now: clock.now,
      realNow: systemClock.now,
      search: { find: () => Promise.reject(new ApiError('bad-request', reason)) },
      currencies: { list: async () => [config.vsCurrency] },
    },
    reason,
  );
  return { dispatch: createDispatch(procedures, log), snapshot };
}

type TrialParts = Pick<ApiOptions, 'clock'> & {
  readonly store: Pick<Store, 'pastCandles' | 'prices'>;
  readonly config: () => WatchConfig;
};

/** Runs of rules on stored prices, which store nothing. */
function composeTrials({ store, clock, config }: TrialParts, parts: OpenParts): RuleTrialsOptions {
  const trials = {
    read: store.pastCandles,
    readTicks: store.prices,
    vsCurrency: () => config().vsCurrency,
    rules: () => config().rules,
    now: clock.now,
  };
  return {
    previews: parts.add(createRulePreviews(trials), (opened) => opened.stop()),
    holding: parts.add(createRuleHolding(trials), (opened) => opened.stop()),
    solver: parts.add(createRuleSolver(trials), (opened) => opened.stop()),
  };
}

type SnapshotParts = Pick<ApiOptions, 'settings' | 'status' | 'clock'> & {
  readonly isSimulated: boolean;
  readonly vsCurrency: string;
  readonly quotes: readonly Quote[];
};

function snapshotOf(options: SnapshotParts): Snapshot {
  const { settings, status, clock, isSimulated, vsCurrency, quotes } = options;
  const { alertThresholdPct, alertWindowMinutes, pollSeconds } = settings.current();
  const state = status.current();
  return {
    version: packageJson.version,
    now: clock.now(),
    clockSpeed: clock.speed,
    simulated: isSimulated,
    vsCurrency,
    pollSeconds: state.budget?.intervalSeconds ?? pollSeconds ?? DEFAULT_POLL_SECONDS,
    alertRule: { thresholdPct: alertThresholdPct, windowMinutes: alertWindowMinutes },
    quotes,
    status: state,
  };
}

/** Changes of settings.json, by a page or by hand, which take effect immediately. */
function openSettingsWriter(options: ApiOptions, parts: OpenParts): SettingsWriter {
  const { dataDir, env, settings, secrets, hub, log, store, delivery, ingest, sources } = options;
  const writer = createSettingsWriter({
    store: settings,
    check: createSettingsCheck(sources),
    keyChanges: createKeyChanges({
      secrets,
      isInEnvironment: Boolean(env.COINGECKO_API_KEY?.trim()),
      baseUrl: () => settings.view(dataDir).settings.coingeckoUrl,
    }),
    async apply(inForce, changed) {
      delivery.quietTimes.changed();
      // A channel's route may refer to a watchlist.
      if (changed.includes('channels') || changed.includes('watchlists')) await delivery.change();
      if (changed.some(concernsRetention)) store.retentionChanged();
      if (changed.some(concernsPrices)) {
        await ingest.change(inForce);
        if (parts.isClosing()) return;
        sources.change();
      }
      hub.emit({ event: 'reset', payload: {} });
    },
  });
  parts.add(
    watchFile(join(dataDir, 'settings.json'), writer.reload, { clock: systemClock, log }),
    (watched) => watched.stop(),
  );
  return writer;
}

/** Whether a setting concerns prices or rules, rather than only the delivery of alerts, the archive or the desktop host. */
function concernsPrices(name: SettingName): boolean {
  const others: readonly SettingName[] = [...DELIVERY_SETTINGS, ...DESKTOP_SETTINGS, ...RETENTION_SETTINGS];
  return !others.includes(name);
}

function concernsRetention(name: SettingName): boolean {
  return (RETENTION_SETTINGS as readonly SettingName[]).includes(name);
}
