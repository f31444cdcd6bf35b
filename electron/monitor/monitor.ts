import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { alertMessage } from '../../shared/messages/alert-message.ts';
import { text } from '../../shared/messages/message.ts';
import { DESKTOP_SETTINGS, type SettingName, type Settings } from '../../shared/settings/settings.ts';
import { type Closer, closeAll } from './async/close-all.ts';
import type { Channel } from './delivery/channel.ts';
import { ALERTS_FILE_ID, alertsFileChannel } from './delivery/channels/alerts-file/alerts-file.ts';
import { createDispatcher } from './delivery/dispatcher.ts';
import { claimDataDir } from './files/data-dir.ts';
import { createAppender } from './ingest/appender.ts';
import { createTickBatcher } from './ingest/tick-batcher.ts';
import { createWatch } from './ingest/watch.ts';
import type { WatchConfig } from './ingest/watched.ts';
import { createPriceThrottle } from './latest/price-throttle.ts';
import { createLogger, type Logger } from './logging/logger.ts';
import { createMarket } from './market.ts';
import { environmentNetwork } from './network/environment-network.ts';
import type { Network } from './network/network.ts';
import { type Answer, createAnswer } from './procedures/dispatch.ts';
import { createApi } from './procedures/procedures.ts';
import { chooseApiKey } from './secrets/api-key.ts';
import type { BoundSecret } from './secrets/bound-secret.ts';
import type { DatabasePassword } from './secrets/database-password.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import { createSettingsCheck } from './settings/check-settings.ts';
import { createKeyChanges } from './settings/key-changes.ts';
import type { FileSettings } from './settings/parse-settings.ts';
import { openSettings, type SettingsStore } from './settings/settings.ts';
import { createTickTimes } from './sources/tick-times.ts';
import { createEventHub, type EventListener } from './status/event-hub.ts';
import { type KeptNotices, openKeptNotices } from './status/kept-notices.ts';
import { createStatusBoard } from './status/status-board.ts';
import { openStorage } from './store/open-storage.ts';
import { type Clock, systemClock } from './time/clock.ts';
import { correctedClock, createClockOffset, fetchNotingTime } from './time/clock-offset.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** How long a change of settings waits for the provider to say whether a coin or a currency exists. */
const CHECK_TIMEOUT_MS = 5 * SECOND_MS;

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
  /** The way out, of hosts that know the system's proxy; through the proxies of the environment when absent. */
  readonly network?: Network;
};

/** The program, as hosts see it. */
export type Monitor = {
  /**
   * Starts what runs by itself: database, feed, delivery. Call it once, when the host can be used.
   *
   * @param channels the host's own ways to bring alerts to people
   */
  start(channels?: readonly Channel[]): void;
  /** Answers a message of a page. */
  readonly answer: Answer;
  /** Calls the listener with every event until the returned function is called. */
  subscribe(listener: EventListener): () => void;
  snapshot(): Snapshot;
  /** The settings in force. */
  settings(): Settings;
  /**
   * Until `resumePolling` nobody is asked for prices or history, and no trades are followed; for the time that the machine
   * sleeps.
   */
  pausePolling(): void;
  /** Prices are asked for again, the first at once. */
  resumePolling(): void;
  /** The next price is asked for at once, as far as the provider's limits allow; for when the network is back. */
  pollNow(): void;
  readonly dataDir: string;
  readonly log: Logger;
  /** The port that the user wants for the browser host, or null. */
  readonly port: number | null;
  /**
   * Stops in the order of the way of the data: no more prices are taken, alerts are delivered, and what waits is written as
   * far as the database answers within `timeoutMs`. What is left is on disk and goes on at the next start.
   */
  stop(timeoutMs: number): Promise<void>;
};

/**
 * Puts the program together: settings, storage, alert engine, feed. Nothing runs before `start`, so that a host that
 * fails leaves nothing behind; prices then flow before the database is up. When it throws, what was opened is closed.
 *
 * @throws DataDirError when the data folder cannot be used, SettingsError or ProxyError when a flag or variable is wrong
 */
export async function openMonitor(options: MonitorOptions): Promise<Monitor> {
  const dataDir = claimDataDir(options.dataDir);
  /** The newest first. */
  const opened: Closer[] = [dataDir.release];
  try {
    const notices = openKeptNotices(join(dataDir.path, 'notices.json'));
    const settings = openSettings({
      path: join(dataDir.path, 'settings.json'),
      flags: options.flags,
      env: options.env,
      databasePassword: options.databasePassword,
      notices,
    });
    const monitor = compose(options, dataDir.path, settings, notices, (close) => opened.unshift(close));
    return { ...monitor, stop: (timeoutMs) => closeAll([() => monitor.stop(timeoutMs), dataDir.release]) };
  } catch (cause) {
    // What cannot be closed either has the same cause, or one that is worth less.
    await closeAll(opened).catch(() => undefined);
    throw cause;
  }
}

/** @param onFailure takes what has to be closed when a later step throws */
function compose(
  options: MonitorOptions,
  dataDir: string,
  settings: SettingsStore,
  notices: KeptNotices,
  onFailure: (close: Closer) => void,
): Monitor {
  const { clock: machineClock, random = Math.random } = options;
  const start = settings.current();
  const log = options.log ?? createLogger(start.logLevel);
  // Before anything runs that would have to be stopped: a proxy variable may be wrong.
  const wayOut = options.network ?? environmentNetwork(options.env);
  const hub = createEventHub(log);
  const { apiKey, problem: keyProblem } = chooseApiKey(
    options.env.COINGECKO_API_KEY,
    options.keptKey,
    start.coingeckoUrl,
  );
  if (keyProblem !== null) log.warn(keyProblem.message);
  const offset = createClockOffset({
    clock: machineClock,
    elapsed: () => performance.now() * machineClock.speed,
    onChange() {
      log.info({ offsetMs: offset.offsetMs() }, "the offset of the machine's clock changed");
      status.changed();
      // What pages know as the present is another instant from now on.
      hub.emit({ event: 'reset', payload: {} });
    },
  });
  /** The present. What is on disk goes by the machine's clock, which is the same before the first answer after a start. */
  const clock = correctedClock(machineClock, offset);
  const network = { ...wayOut, fetch: fetchNotingTime(wayOut.fetch, machineClock, offset) };
  const times = createTickTimes({
    now: clock.now,
    isKnown: offset.isKnown,
    log,
    onChange: () => status.changed(),
  });

  const status = createStatusBoard(
    {
      feed: () => market.feedState(),
      database: () => storage.databaseState(),
      queue: () => storage.queueState(),
      alertsFile() {
        const file = dispatcher.states().find(({ id }) => id === ALERTS_FILE_ID);
        const error = file?.failure?.message ?? null;
        return { path: alertsFilePath, error, waitingLines: file?.waiting ?? 0 };
      },
      exchanges: () => market.exchanges(),
      budget: () => market.budget(),
      backfill: () => market.backfill(),
      problems: () =>
        notices.withReported([
          offset.problem(),
          keyProblem,
          ...market.problems(),
          slowPollProblem(market.budget(), watchConfig(settings.current()).rule.windowMs),
          appender.problem(),
          ...storage.problems(),
        ]),
    },
    (payload) => hub.emit({ event: 'status', payload }),
  );
  onFailure(status.close);

  const storage = openStorage({
    dataDir,
    databaseUrl: settings.databaseUrl(),
    clock: machineClock,
    present: clock,
    random,
    log,
    keepMs: () => watch.replayMs(),
    onChange: status.changed,
  });
  onFailure(() => storage.stop(0));
  const alertsFilePath = start.alertsFile ?? join(dataDir, 'alerts.txt');
  const dispatcher = createDispatcher({
    tickLog: storage.tickLog,
    outbox: storage.outbox,
    clock: machineClock,
    random,
    log,
    onChange: status.changed,
  });
  const appender = createAppender({
    async append(batch) {
      await storage.accept(batch);
      dispatcher.wake();
    },
    deliverUnlogged: dispatcher.deliverUnlogged,
    clock,
    random,
    log,
    onChange: status.changed,
  });
  const batcher = createTickBatcher(systemClock, appender.append);
  const shown = createPriceThrottle(systemClock, (coinIds) =>
    hub.emit({ event: 'prices', payload: watch.updates(coinIds) }),
  );
  const watch = createWatch({
    config: watchConfig(start),
    *acceptedSince(since) {
      batcher.flush();
      yield* storage.acceptedSince(since);
      // Asked for in the same step that found the end of the journal: what is not there is here.
      yield* appender.waiting();
    },
    now: machineClock.now,
    times,
    onTaken(ticks, alerts, isWhole) {
      batcher.add(ticks, alerts);
      if (isWhole) batcher.flush();
      shown.changed(new Set(ticks.map(({ coinId }) => coinId)));
      for (const alert of alerts) {
        log.info({ alert: alert.id, ...alert.figures }, `${alert.coinId} ${text(alertMessage(alert))}`);
        hub.emit({ event: 'alert', payload: alert });
      }
    },
    log,
  });
  onFailure(watch.settled);

  const market = createMarket({
    dataDir,
    apiKey,
    env: options.env,
    settings: settings.current,
    clock,
    random,
    log,
    network,
    times,
    watch,
    history: storage.history,
    onTicks: watch.take,
    onProblems() {
      status.changed();
      hub.emit({ event: 'prices', payload: watch.updates() });
    },
    onHistory: (coinId, vsCurrency) => hub.emit({ event: 'history', payload: { coinId, vsCurrency } }),
    onSimulated: () => hub.emit({ event: 'reset', payload: {} }),
    onChange: status.changed,
  });
  onFailure(market.stop);

  const snapshot = (): Snapshot => {
    const { vsCurrency, rule } = watch.config();
    return {
      version: packageJson.version,
      now: clock.now(),
      clockSpeed: clock.speed,
      simulated: market.isSimulated(),
      vsCurrency,
      pollSeconds: market.budget().intervalSeconds,
      alertRule: { thresholdPct: rule.thresholdPct, windowMinutes: rule.windowMs / MINUTE_MS },
      quotes: watch.quotes(),
      status: status.current(),
    };
  };

  let isStopping = false;
  const checkSettings = createSettingsCheck(market);
  const changeSettings = async (patch: FileSettings): Promise<void> => {
    await checkSettings(patch, settings.current(), AbortSignal.timeout(CHECK_TIMEOUT_MS));
    const changed = await settings.change(patch);
    status.changed(); // the file may have been corrected, which is told
    if (changed.length === 0) return;
    if (!changed.every((name) => (DESKTOP_SETTINGS as readonly SettingName[]).includes(name))) {
      await watch.rebuild(watchConfig(settings.current()));
      if (isStopping) return;
      market.change();
    }
    hub.emit({ event: 'reset', payload: {} });
  };

  return {
    start(channels = []) {
      for (const { message } of notices.list()) log.warn(message);
      settings.movePassword().catch((err: unknown) => {
        log.warn({ err }, 'the database password stays in settings.json');
      });
      storage.start();
      dispatcher.start([alertsFileChannel(alertsFilePath), ...channels]);
      market.start();
      // To pages that opened in the middle of a long replay.
      if (watch.isReplaying()) void watch.settled().then(() => hub.emit({ event: 'reset', payload: {} }));
    },
    answer: createAnswer(
      createApi({
        latest: times.latestKept,
        storage,
        settings: settings.current,
        snapshot,
        settingsView: () => settings.view(dataDir),
        secrets: options.secrets,
        keyChanges: createKeyChanges({
          secrets: options.secrets,
          isInEnvironment: Boolean(options.env.COINGECKO_API_KEY?.trim()),
          baseUrl: () => settings.view(dataDir).settings.coingeckoUrl,
        }),
        changeSettings,
        async dismissNotice(id) {
          notices.dismiss(id);
          status.changed();
        },
        search: market.search,
        currencies: market.currencies,
      }),
      log,
    ),
    subscribe: hub.subscribe,
    snapshot,
    settings: settings.current,
    pausePolling: market.pause,
    resumePolling: market.resume,
    pollNow: market.pollNow,
    dataDir,
    log,
    port: start.port,
    stop: (timeoutMs) =>
      closeAll([
        () => {
          isStopping = true;
        },
        market.stop,
        watch.settled,
        shown.stop,
        batcher.flush,
        appender.stop,
        dispatcher.stop,
        () => storage.stop(timeoutMs),
        status.close,
      ]),
  };
}

function watchConfig(settings: Settings): WatchConfig {
  const { coins, vsCurrency, alertThresholdPct, alertWindowMinutes } = settings;
  return {
    coins,
    vsCurrency,
    rule: { thresholdPct: alertThresholdPct, windowMs: alertWindowMinutes * MINUTE_MS },
  };
}

/** The average needs three earlier prices in its window; with an interval this long it never has them. */
function slowPollProblem({ intervalSeconds, reason }: BudgetStatus, windowMs: number): Problem | null {
  const most = Math.floor(windowMs / SECOND_MS / 3);
  if (intervalSeconds <= most) return null;
  return {
    id: 'slow-poll',
    message:
      `Prices are requested every ${intervalSeconds} s (${reason}), too seldom for a ${windowMs / MINUTE_MS}-minute ` +
      `average: no alert can be raised. Set at most ${most} s between requests where the plan allows it, or a longer average.`,
  };
}
