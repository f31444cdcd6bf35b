import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Snapshot } from '../../shared/domain/snapshot.ts';
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
import type { Logger } from './logging/logger.ts';
import { createChannelAdmin } from './procedures/channel-admin.ts';
import { createDispatch, type Dispatch } from './procedures/dispatch.ts';
import { createApi } from './procedures/procedures.ts';
import { createRuleAdmin } from './procedures/rule-admin.ts';
import type { KeptChannelSecrets } from './secrets/kept-channel-secrets.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import { createSettingsCheck } from './settings/check-settings.ts';
import { createKeyChanges } from './settings/key-changes.ts';
import type { SettingsStore } from './settings/settings.ts';
import { createSettingsWriter, type SettingsWriter } from './settings/settings-writer.ts';
import { watchFile } from './settings/watch-file.ts';
import type { TickTimes } from './sources/tick-times.ts';
import type { EventHub } from './status/event-hub.ts';
import type { KeptNotices } from './status/kept-notices.ts';
import type { StatusBoard } from './status/status-board.ts';
import type { Store } from './store/store.ts';
import { type Clock, systemClock } from './time/clock.ts';

/** Before the sources have reported theirs. */
const DEFAULT_POLL_SECONDS = 60;

export type ApiOptions = {
  readonly dataDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly settings: SettingsStore;
  /** Absent where the host keeps no secrets. */
  readonly secrets: SecretStore | undefined;
  readonly keptChannelSecrets: KeptChannelSecrets;
  readonly notices: KeptNotices;
  readonly status: Pick<StatusBoard, 'current'>;
  readonly hub: Pick<EventHub, 'emit'>;
  /** The present as far as it is known, see `correctedClock`. */
  readonly clock: Clock;
  readonly times: Pick<TickTimes, 'latestKept'>;
  readonly log: Logger;
  readonly alerts: Pick<AlertTables, 'outbox' | 'unread'>;
  readonly store: Store;
  readonly delivery: Delivery;
  readonly ingest: Ingest;
  readonly sources: Sources;
};

/** What pages and hosts can ask for. */
export type Api = {
  readonly dispatch: Dispatch;
  snapshot(): Snapshot;
};

/** Composes what pages can ask for: the snapshot → changes of the settings → trials of rules → the procedures. */
export function composeApi(options: ApiOptions, parts: OpenParts): Api {
  const { dataDir, settings, secrets, notices, hub, clock, times, log, alerts, store, delivery, sources } =
    options;
  const { watch } = options.ingest;

  const snapshot = (): Snapshot => snapshotOf(options);
  const settingsWriter = openSettingsWriter(options, parts);
  const trials = {
    read: store.pastCandles,
    readTicks: store.prices,
    vsCurrency: () => watch.config().vsCurrency,
    rules: () => watch.config().rules,
    now: clock.now,
  };
  const rulePreviews = parts.add(createRulePreviews(trials), (opened) => opened.stop());
  const ruleHolding = parts.add(createRuleHolding(trials), (opened) => opened.stop());
  const ruleSolver = parts.add(createRuleSolver(trials), (opened) => opened.stop());

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
    rules: createRuleAdmin({
      settingsWriter,
      previews: rulePreviews,
      holding: ruleHolding,
      solver: ruleSolver,
    }),
    phases: () => watch.phases(clock.now()),
    now: clock.now,
    realNow: systemClock.now,
    dismissNotice: notices.dismiss,
    search: sources.search,
    currencies: sources.currencies,
  });
  return { dispatch: createDispatch(procedures, log), snapshot };
}

function snapshotOf({ ingest, settings, sources, status, clock }: ApiOptions): Snapshot {
  const { alertThresholdPct, alertWindowMinutes } = settings.current();
  const state = status.current();
  return {
    version: packageJson.version,
    now: clock.now(),
    clockSpeed: clock.speed,
    simulated: sources.isSimulated(),
    vsCurrency: ingest.watch.config().vsCurrency,
    pollSeconds: state.budget?.intervalSeconds ?? DEFAULT_POLL_SECONDS,
    alertRule: { thresholdPct: alertThresholdPct, windowMinutes: alertWindowMinutes },
    quotes: ingest.latest.list(),
    status: state,
  };
}

/** Changes of settings.json, by a page or by hand, which take effect at once. */
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
      if (changed.includes('channels')) await delivery.change();
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

/** Whether a setting concerns prices or rules, and not what becomes of alerts, the archive or the desktop host alone. */
function concernsPrices(name: SettingName): boolean {
  const others: readonly SettingName[] = [...DELIVERY_SETTINGS, ...DESKTOP_SETTINGS, ...RETENTION_SETTINGS];
  return !others.includes(name);
}

function concernsRetention(name: SettingName): boolean {
  return (RETENTION_SETTINGS as readonly SettingName[]).includes(name);
}
