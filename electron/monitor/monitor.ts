import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import type { Snapshot, Tick } from '../../shared/domain.ts';
import { DESKTOP_SETTINGS, type SettingName, type Settings } from '../../shared/settings.ts';
import { type AlertEngine, createAlertEngine } from './alerts/alert-engine.ts';
import { createAlertsFile } from './alerts/alerts-file.ts';
import { type Answer, createAnswer } from './answer.ts';
import { createApi } from './api.ts';
import type { Clock } from './clock.ts';
import { claimDataDir } from './data-dir.ts';
import { createEventHub, type EventListener } from './event-hub.ts';
import { createCoinProblems } from './feed/coin-problems.ts';
import { coinGeckoSource } from './feed/coingecko.ts';
import { defaultBaseUrl, defaultPollSeconds, planOf } from './feed/plan.ts';
import { createFeed } from './feed/poller.ts';
import { createSourceGate } from './feed/source-gate.ts';
import { createKeeper } from './keeper.ts';
import { createLog, type Log } from './log.ts';
import { createQuotes, type Quotes } from './quotes.ts';
import type { DatabasePassword } from './secrets/database-password.ts';
import type { SecretStore } from './secrets/secret-store.ts';
import { openSettings, type SettingsStore } from './settings/settings.ts';
import type { FileSettings } from './settings/settings-file.ts';
import { createStatusBoard } from './status-board.ts';
import { openStorage } from './storage/open-storage.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Ticks of this last stretch of time are replayed after a start, for sparklines and for the alert rules. */
const REPLAY_MS = 30 * MINUTE_MS;

export type MonitorOptions = {
  readonly dataDir: string;
  /** Text of command-line flags by setting name. */
  readonly flags: Readonly<Partial<Record<SettingName, string>>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random?: () => number;
  /** Where log lines go; standard error when absent. */
  readonly log?: Log;
  /** Where the host keeps secrets; absent, they come from the environment alone. */
  readonly secrets?: SecretStore;
  readonly databasePassword?: DatabasePassword;
};

/** The running program, as hosts see it. */
export type Monitor = {
  /** Answers a message of a page. */
  readonly answer: Answer;
  /** Calls the listener with every event until the returned function is called. */
  subscribe(listener: EventListener): () => void;
  snapshot(): Snapshot;
  /** The settings in force. */
  settings(): Settings;
  /** No price is asked for until `resumePolling`; for the time that the machine sleeps. */
  pausePolling(): void;
  /** Prices are asked for again, the first at once. */
  resumePolling(): void;
  /** The next price is asked for at once, as far as the provider's limits allow; for when the network is back. */
  pollNow(): void;
  readonly dataDir: string;
  readonly log: Log;
  /** The port that the user wants for the browser host, or null. */
  readonly port: number | null;
  /**
   * Stops in the order of the way of the data: no more prices, then alerts told, then what waits written as far as the
   * database answers within `timeoutMs`. What is left is on disk and goes on at the next start.
   */
  stop(timeoutMs: number): Promise<void>;
};

/**
 * Puts the program together and starts it: settings, storage, alert engine, feed. Prices flow before the database is up.
 *
 * @throws DataDirError when the data folder cannot be used, SettingsError when a flag or variable is wrong
 */
export function startMonitor(options: MonitorOptions): Monitor {
  const dataDir = claimDataDir(options.dataDir);
  try {
    const settings = openSettings({
      path: join(dataDir.path, 'settings.json'),
      flags: options.flags,
      env: options.env,
      databasePassword: options.databasePassword,
    });
    const monitor = compose(options, dataDir.path, settings);
    return {
      ...monitor,
      async stop(timeoutMs) {
        await monitor.stop(timeoutMs);
        dataDir.release();
      },
    };
  } catch (cause) {
    dataDir.release();
    throw cause;
  }
}

function compose(options: MonitorOptions, dataDir: string, settings: SettingsStore): Monitor {
  const { clock, random = Math.random } = options;
  const start = settings.current();
  const log = options.log ?? createLog(start.logLevel);
  const apiKey = options.env.COINGECKO_API_KEY?.trim() || null;
  const plan = planOf(apiKey, start.coingeckoUrl);
  const hub = createEventHub();
  let simulated = false;

  const pollSeconds = (): number => settings.current().pollSeconds ?? defaultPollSeconds(plan);
  const ruleParams = () => {
    const { alertThresholdPct, alertWindowMinutes } = settings.current();
    return { thresholdPct: alertThresholdPct, windowMs: alertWindowMinutes * MINUTE_MS };
  };
  const priceRequest = () => {
    const { coins, vsCurrency } = settings.current();
    return { coins, vsCurrency };
  };

  const status = createStatusBoard(
    {
      feed: () => feed.state(),
      database: () => storage.databaseState(),
      queue: () => storage.queueState(),
      alertsFile: () => alertsFile.state(),
      problems: () => [
        settings.problem,
        slowPollProblem(pollSeconds(), ruleParams().windowMs),
        keeper.problem(),
        ...storage.problems(),
      ],
    },
    (payload) => hub.emit({ event: 'status', payload }),
  );

  const storage = openStorage({
    dataDir,
    databaseUrl: settings.databaseUrl(),
    clock,
    random,
    log,
    keepMs: () => replayMs(),
    onChange: status.changed,
  });
  const alertsFile = createAlertsFile({
    path: start.alertsFile ?? join(dataDir, 'alerts.txt'),
    clock,
    random,
    log,
    onTold: (alerts) => storage.markTold(alerts.map(({ id }) => id)),
    onChange: status.changed,
  });
  const keeper = createKeeper({
    accept: storage.accept,
    tell: alertsFile.tell,
    clock,
    random,
    log,
    onChange: status.changed,
  });

  let engine: AlertEngine;
  let quotes: Quotes;
  const replayMs = (): number => Math.max(REPLAY_MS, engine.memoryMs);
  /** Builds what depends on coins, currency and rule, and brings it to where it was by replaying what was accepted. */
  const rebuild = (): void => {
    const { coins, vsCurrency } = settings.current();
    engine = createAlertEngine(ruleParams());
    quotes = createQuotes(coins, vsCurrency);
    for (const { ticks } of storage.acceptedSince(clock.now() - replayMs())) {
      for (const tick of ticks) step(tick);
    }
  };
  const step = (tick: Tick) => {
    const alerts = engine.check(tick);
    quotes.update(tick, engine.reading(tick.coinId, tick.vsCurrency, tick.source));
    return alerts;
  };

  const onTicks = (ticks: readonly Tick[]): void => {
    const alerts = ticks.flatMap(step);
    keeper.keep({ ticks, alerts });
    hub.emit({ event: 'prices', payload: quotes.list(new Set(ticks.map(({ coinId }) => coinId))) });
    for (const alert of alerts) {
      log.info({ alert: alert.id, ...alert.figures }, `${alert.coinId} ${alert.message}`);
      hub.emit({ event: 'alert', payload: alert });
    }
  };

  const access = { baseUrl: start.coingeckoUrl ?? defaultBaseUrl(plan), apiKey, plan };
  const coinProblems = createCoinProblems({
    ...access,
    clock,
    log,
    onProblems: (problems) => {
      quotes.setProblems(problems);
      hub.emit({ event: 'prices', payload: quotes.list() });
    },
  });
  const gate = createSourceGate(coinGeckoSource({ ...access, clock }));
  const feed = createFeed({
    source: gate.source,
    clock,
    random,
    log,
    request: priceRequest(),
    pollMs: pollSeconds() * SECOND_MS,
    listener: {
      onTicks,
      onState: status.changed,
      onBatch: (batch) => {
        if (batch.simulated !== simulated) {
          simulated = batch.simulated;
          hub.emit({ event: 'reset', payload: {} });
        }
        coinProblems.report(batch);
      },
    },
  });

  const pollNow = (): void => feed.change(priceRequest(), pollSeconds() * SECOND_MS);

  const snapshot = (): Snapshot => {
    const { vsCurrency, alertThresholdPct, alertWindowMinutes } = settings.current();
    return {
      version: packageJson.version,
      now: clock.now(),
      clockSpeed: clock.speed,
      simulated,
      vsCurrency,
      pollSeconds: pollSeconds(),
      alertRule: { thresholdPct: alertThresholdPct, windowMinutes: alertWindowMinutes },
      quotes: quotes.list(),
      status: status.current(),
    };
  };

  const changeSettings = async (patch: FileSettings): Promise<void> => {
    const changed = await settings.change(patch);
    if (changed.length === 0) return;
    if (!changed.every((name) => (DESKTOP_SETTINGS as readonly SettingName[]).includes(name))) {
      rebuild();
      pollNow();
    }
    hub.emit({ event: 'reset', payload: {} });
    status.changed();
  };

  if (settings.problem) log.warn(settings.problem.message);
  settings.movePassword().catch((err: unknown) => {
    log.warn({ err }, 'the database password stays in settings.json');
  });
  rebuild();
  alertsFile.tell(storage.untoldAlerts());
  feed.start();

  return {
    answer: createAnswer(
      createApi({
        clock,
        storage,
        settings: settings.current,
        snapshot,
        settingsView: () => settings.view(dataDir),
        secrets: options.secrets,
        changeSettings,
      }),
      log,
    ),
    subscribe: hub.subscribe,
    snapshot,
    settings: settings.current,
    pausePolling: gate.close,
    resumePolling() {
      gate.open();
      pollNow();
    },
    pollNow,
    dataDir,
    log,
    port: start.port,
    async stop(timeoutMs) {
      await feed.stop();
      await coinProblems.stop();
      await keeper.stop();
      await alertsFile.stop();
      await storage.stop(timeoutMs);
    },
  };
}

/** The average needs three earlier prices in its window; with an interval this long it never has them. */
function slowPollProblem(pollSeconds: number, windowMs: number) {
  const most = Math.floor(windowMs / SECOND_MS / 3);
  if (pollSeconds <= most) return null;
  return {
    id: 'slow-poll',
    message:
      `Prices are requested every ${pollSeconds} s, too seldom for a ${windowMs / MINUTE_MS}-minute average: ` +
      `no alert can be raised. Set at most ${most} s between requests or a longer average.`,
  };
}
