import { join } from 'node:path';
import packageJson from '../../package.json' with { type: 'json' };
import { alertOfResolved, isResolvedEvent } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import type { Snapshot } from '../../shared/domain/snapshot.ts';
import { message, text } from '../../shared/messages/message.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import { DESKTOP_SETTINGS, type SettingName, type Settings } from '../../shared/settings/settings.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import { createOpenParts, type OpenParts } from './async/open-parts.ts';
import { createRulePreviews } from './backtest/rule-previews.ts';
import { createRuleSolver } from './backtest/rule-solver.ts';
import { composeSources } from './compose-sources.ts';
import { openAlertTables } from './delivery/alert-tables.ts';
import type { Channel } from './delivery/channel.ts';
import { hideSecrets, secretTarget, secretVariable } from './delivery/channel-secrets.ts';
import { ALERTS_FILE_ID, alertsFileChannel } from './delivery/channels/alerts-file/alerts-file.ts';
import { CHANNEL_KINDS } from './delivery/channels/registry.ts';
import { createDispatcher } from './delivery/dispatcher.ts';
import { createSendHttp } from './delivery/http/send-http.ts';
import type { OpenChannelOptions } from './delivery/open-channel.ts';
import { createUserChannels } from './delivery/user-channels.ts';
import { claimDataDir } from './files/data-dir.ts';
import { createAppender } from './ingest/appender.ts';
import { createBeats } from './ingest/beats.ts';
import { readPastOfRules } from './ingest/past-of-rules.ts';
import { readStates } from './ingest/read-states.ts';
import { createStateSaver } from './ingest/state-saver.ts';
import { createTickBatcher } from './ingest/tick-batcher.ts';
import { createWatch } from './ingest/watch.ts';
import type { WatchConfig } from './ingest/watched.ts';
import { createLatest } from './latest/latest.ts';
import { openLocalLog } from './log/local-log.ts';
import { createLogger } from './logging/logger.ts';
import type { Monitor, MonitorOptions } from './monitor.ts';
import { environmentNetwork } from './network/environment-network.ts';
import { createChannelAdmin } from './procedures/channel-admin.ts';
import { createDispatch } from './procedures/dispatch.ts';
import { createApi } from './procedures/procedures.ts';
import { createRuleAdmin } from './procedures/rule-admin.ts';
import { type Part, ROLES } from './roles.ts';
import { chooseApiKey } from './secrets/api-key.ts';
import { openKeptChannelSecrets } from './secrets/kept-channel-secrets.ts';
import { createSettingsCheck } from './settings/check-settings.ts';
import { createKeyChanges } from './settings/key-changes.ts';
import { openSettings } from './settings/settings.ts';
import { createSettingsWriter } from './settings/settings-writer.ts';
import { watchFile } from './settings/watch-file.ts';
import { createTickTimes } from './sources/tick-times.ts';
import { createEventHub } from './status/event-hub.ts';
import { openKeptNotices } from './status/kept-notices.ts';
import { createStatusBoard, INITIAL_STATES } from './status/status-board.ts';
import { openStore } from './store/open-store.ts';
import { systemClock } from './time/clock.ts';
import { correctedClock, createClockOffset, fetchNotingTime } from './time/clock-offset.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
/** Before the sources have reported theirs. */
const DEFAULT_POLL_SECONDS = 60;

/**
 * Puts the program together. Nothing runs before `start`, so that a host that fails leaves nothing behind; prices then flow
 * before the database is up. When it throws, what was opened is closed.
 *
 * @param role the parts that are started; those of a program on one machine when left out
 * @throws DataDirError when the data folder cannot be used, SettingsError or ProxyError when a flag or variable is wrong
 */
export async function openMonitor(
  options: MonitorOptions,
  role: readonly Part[] = ROLES.all,
): Promise<Monitor> {
  const parts = createOpenParts();
  try {
    return compose(options, role, parts);
  } catch (cause) {
    // What cannot be closed either has the same cause, or one that is worth less.
    await parts.close(0).catch(() => undefined);
    throw cause;
  }
}

/**
 * Composes the parts in the order of the way of the data: settings → output (log lines, events, status) → time and network → log
 * → store → delivery → ingest and latest quotes → sources → the interface for hosts. Each part is created from parts above it and
 * reports its state through functions that it is given.
 */
function compose(options: MonitorOptions, role: readonly Part[], parts: OpenParts): Monitor {
  const { env, secrets, random = Math.random } = options;
  const dataDir = parts.add(claimDataDir(options.dataDir), (claimed) => claimed.release()).path;

  // Settings.
  const notices = openKeptNotices(join(dataDir, 'notices.json'));
  const settings = openSettings({
    path: join(dataDir, 'settings.json'),
    flags: options.flags,
    env,
    databasePassword: options.databasePassword,
    notices,
  });
  const started = settings.current();
  const apiKey = chooseApiKey(env.COINGECKO_API_KEY, options.keptKey, started.coingeckoUrl);

  // Output: log lines, events for pages, and the status.
  const log = options.log ?? createLogger(started.logLevel);
  if (apiKey.problem !== null) log.warn(text(apiKey.problem.message));
  const hub = createEventHub(log);
  const alertsPath = started.alertsFile ?? join(dataDir, 'alerts.txt');
  const status = parts.add(
    createStatusBoard(
      { ...INITIAL_STATES, alertsFile: { path: alertsPath, error: null, waitingLines: 0 } },
      notices,
      (payload) => hub.emit({ event: 'status', payload }),
    ),
    (board) => board.close(),
  );
  status.reporter()(apiKey.problem);

  // Time and network. What is on disk goes by the machine's clock, which is the same before the first answer after a start.
  const wayOut = options.network ?? environmentNetwork(env);
  const machineClock = options.clock;
  const offset = createClockOffset({
    clock: machineClock,
    elapsed: () => performance.now() * machineClock.speed,
    onChange(offsetMs) {
      log.info({ offsetMs }, "the offset of the machine's clock changed");
      // Pages have to read the present anew.
      hub.emit({ event: 'reset', payload: {} });
    },
    report: status.reporter(),
  });
  const clock = correctedClock(machineClock, offset);
  const network = { ...wayOut, fetch: fetchNotingTime(wayOut.fetch, machineClock, offset) };
  const times = createTickTimes({
    now: clock.now,
    isKnown: offset.isKnown,
    log,
    report: status.reporter(),
  });

  // The log, with the alerts and their deliveries beside its records.
  const reportLog = status.reporter();
  const tickLog = parts.add(
    openLocalLog({
      path: join(dataDir, 'journal.sqlite'),
      clock: machineClock,
      log,
      openAlerts: (database, onDamage) => openAlertTables(database, { clock: machineClock, log, onDamage }),
      report({ deadLetters, problems }) {
        status.report({ deadLetters });
        reportLog(...problems);
      },
    }),
    (opened) => opened.close(),
  );

  // Consumers: the store …
  const reportStore = status.reporter();
  const store = parts.add(
    openStore({
      tickLog,
      dataDir,
      databaseUrl: settings.databaseUrl(),
      clock: machineClock,
      present: clock,
      log,
      random,
      report({ database, waitingTicks, problems }) {
        status.report({ database, waitingTicks });
        reportStore(...problems);
      },
    }),
    (opened, timeoutMs) => opened.stop(timeoutMs),
  );
  // … and delivery, with the channels of the settings.
  const sendHttp = parts.add(createSendHttp({ network: wayOut }), (opened) => opened.close());
  const keptChannelSecrets = openKeptChannelSecrets(options.keptChannelSecrets ?? null, secrets);
  const secretInEnvironment = (channelId: string, option: string): string | null =>
    env[secretVariable(channelId, option)]?.trim() || null;
  const opening: OpenChannelOptions = {
    kinds: CHANNEL_KINDS,
    context: { sendHttp, clock: systemClock, dataDir },
    secret: (setting, option) =>
      secretInEnvironment(setting.id, option) ??
      keptChannelSecrets.get(setting.id, option, secretTarget(setting)),
  };
  const userChannels = createUserChannels(opening);
  const reportChannels = status.reporter();
  let channelProblems: readonly Problem[] = [];
  let alertsFile: Channel | null = null;
  /** Those of the settings, and alerts.txt unless one of them takes its place. */
  const chooseChannels = (chosen: Settings['channels']) => {
    const { channels, unusable, problems } = userChannels.open(chosen);
    channelProblems = problems;
    reportChannels(...problems);
    const hasFile = channels.some(({ id }) => id === ALERTS_FILE_ID);
    alertsFile = hasFile ? null : (alertsFile ?? alertsFileChannel(alertsPath));
    return { channels: [...(alertsFile === null ? [] : [alertsFile]), ...channels], unusable };
  };
  const dispatcher = parts.add(
    createDispatcher({
      tickLog,
      outbox: tickLog.alerts.outbox,
      mutes: () => settings.current().mutes,
      market() {
        const { marketAlerts, coins } = settings.current();
        return marketAlerts.enabled ? { setting: marketAlerts, watched: coins.length } : null;
      },
      clock: machineClock,
      random,
      log,
      report(channels) {
        const file = channels.find(({ id }) => id === ALERTS_FILE_ID);
        const error = file?.failure?.message ?? null;
        status.report({ alertsFile: { path: alertsPath, error, waitingLines: file?.waiting ?? 0 } });
      },
    }),
    (opened) => opened.stop(),
  );
  tickLog.follow(dispatcher.wake);

  // What rules and quotes know is saved beside the log, for the next start.
  const stateSaver = parts.add(
    createStateSaver({
      states: tickLog.states,
      lastOffset: tickLog.lastOffset,
      clock: systemClock,
      log,
    }),
    (opened) => opened.stop(),
  );

  // Ingest, from the log backwards: the appender queues batches, the batcher collects ticks, the rules see each tick first.
  const appender = parts.add(
    createAppender({
      append: tickLog.append,
      deliverUnlogged: dispatcher.deliverUnlogged,
      clock,
      random,
      log,
      report: status.reporter(),
    }),
    (opened) => opened.stop(),
  );
  const batcher = parts.add(createTickBatcher(systemClock, appender.append), (opened) => opened.flush());
  const latest = parts.add(
    createLatest(systemClock, (payload) => hub.emit({ event: 'prices', payload })),
    (opened) => opened.stop(),
  );
  const watch = parts.add(
    createWatch({
      config: watchConfig(started),
      *accepted(from) {
        batcher.flush();
        yield* tickLog.replay(from);
        // Asked for in the same step that found the end of the log: what is not there is here.
        yield* appender.waiting();
      },
      saved: () => readStates(tickLog.states, started.coins, log),
      now: machineClock.now,
      times,
      latest,
      retain: tickLog.retain,
      onTaken(ticks, alerts, isWhole) {
        stateSaver.touched(ticks);
        // Time may raise one for a coin without a tick.
        stateSaver.touched(alerts);
        batcher.add(ticks, alerts);
        if (isWhole) batcher.flush();
        for (const alert of alerts) {
          if (isResolvedEvent(alert)) {
            hub.emit({ event: 'alert-resolved', payload: alertOfResolved(alert) });
            continue;
          }
          log.info({ alert: alert.id, ...alert.figures }, `${alert.coinId} ${text(alertMessage(alert))}`);
          hub.emit({ event: 'alert', payload: alert });
        }
      },
      onReplayed: stateSaver.replayed,
      log,
    }),
    (opened) => opened.settled(),
  );
  tickLog.states.keepOnly(started.coins);
  stateSaver.start({
    save: watch.save,
    isReplaying: watch.isReplaying,
    async whenLogged() {
      batcher.flush();
      await appender.settled();
      return appender.waiting().length === 0;
    },
  });

  // Time itself, for the rules that it raises.
  const beats = parts.add(createBeats({ clock, onBeat: watch.pass }), (opened) => opened.stop());

  // Sources.
  let isSimulated = false;
  const reportSlowPoll = status.reporter();
  const sources = parts.add(
    composeSources({
      dataDir,
      env,
      apiKey: apiKey.apiKey,
      settings: settings.current,
      clock,
      random,
      log,
      network,
      times,
      latest,
      history: store.history,
      onTicks: watch.take,
      onHistory: (coinId, vsCurrency) => hub.emit({ event: 'history', payload: { coinId, vsCurrency } }),
      onSimulated(now) {
        isSimulated = now;
        hub.emit({ event: 'reset', payload: {} });
      },
      report: {
        feed: (feed) => status.report({ feed }),
        exchanges: (exchanges) => status.report({ exchanges }),
        backfill: (backfill) => status.report({ backfill }),
        budget(budget) {
          status.report({ budget });
          reportSlowPoll(slowPollProblem(budget, settings.current().alertWindowMinutes));
        },
      },
      reporter: status.reporter,
    }),
    (opened) => opened.stop(),
  );

  // The interface for hosts and their pages.
  const snapshot = (): Snapshot => {
    const { vsCurrency } = watch.config();
    const { alertThresholdPct, alertWindowMinutes } = settings.current();
    const state = status.current();
    return {
      version: packageJson.version,
      now: clock.now(),
      clockSpeed: clock.speed,
      simulated: isSimulated,
      vsCurrency,
      pollSeconds: state.budget?.intervalSeconds ?? DEFAULT_POLL_SECONDS,
      alertRule: { thresholdPct: alertThresholdPct, windowMinutes: alertWindowMinutes },
      quotes: latest.list(),
      status: state,
    };
  };
  /** Null until delivery has started. */
  let hostChannels: readonly Channel[] | null = null;
  const changeChannels = async (chosen: Settings['channels']): Promise<void> => {
    if (hostChannels === null) return;
    const { channels, unusable } = chooseChannels(chosen);
    await dispatcher.change([...channels, ...hostChannels], unusable);
  };
  const settingsWriter = createSettingsWriter({
    store: settings,
    check: createSettingsCheck(sources),
    keyChanges: createKeyChanges({
      secrets,
      isInEnvironment: Boolean(env.COINGECKO_API_KEY?.trim()),
      baseUrl: () => settings.view(dataDir).settings.coingeckoUrl,
    }),
    async apply(inForce, changed) {
      if (changed.includes('channels')) await changeChannels(inForce.channels);
      if (!changed.every((name) => name === 'channels' || isDesktopSetting(name))) {
        const config = watchConfig(inForce);
        const past = await readPastOfRules(watch.config(), config, {
          read: store.pastCandles,
          save: watch.save,
          clock,
          log,
        });
        if (parts.isClosing()) return;
        await watch.rebuild(config, past);
        stateSaver.touched(inForce.coins.map((coinId) => ({ coinId })));
        if (parts.isClosing()) return;
        sources.change();
      }
      hub.emit({ event: 'reset', payload: {} });
    },
  });
  parts.add(
    watchFile(join(dataDir, 'settings.json'), settingsWriter.reload, { clock: systemClock, log }),
    (watched) => watched.stop(),
  );
  const trials = {
    read: store.pastCandles,
    vsCurrency: () => watch.config().vsCurrency,
    rules: () => watch.config().rules,
    now: clock.now,
  };
  const rulePreviews = parts.add(createRulePreviews(trials), (opened) => opened.stop());
  const ruleSolver = parts.add(createRuleSolver(trials), (opened) => opened.stop());
  const dispatch = createDispatch(
    createApi({
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
        ids: tickLog.alerts.unread.ids,
        markRead(alertIds) {
          tickLog.alerts.unread.markRead(alertIds);
          hub.emit({ event: 'alerts-read', payload: { alertIds } });
        },
      },
      channels: createChannelAdmin({
        kinds: CHANNEL_KINDS,
        settings: () => settings.view(dataDir).settings.channels,
        dispatcher,
        outbox: tickLog.alerts.outbox,
        problems: () => channelProblems,
        opening,
        kept: keptChannelSecrets,
        isInEnvironment: (channelId, option) => secretInEnvironment(channelId, option) !== null,
        write: (channels) => settingsWriter.change({ channels: [...channels] }),
        reopen: () => changeChannels(settings.current().channels),
        clock: systemClock,
      }),
      rules: createRuleAdmin({
        settings: settings.current,
        settingsWriter,
        previews: rulePreviews,
        solver: ruleSolver,
      }),
      now: clock.now,
      dismissNotice: notices.dismiss,
      search: sources.search,
      currencies: sources.currencies,
    }),
    log,
  );

  const starts: Readonly<Record<Part, (channels: readonly Channel[]) => void>> = {
    store: store.start,
    delivery(ofHost) {
      hostChannels = ofHost;
      const { channels, unusable } = chooseChannels(settings.current().channels);
      dispatcher.start([...channels, ...ofHost], unusable);
    },
    sources() {
      sources.start();
      beats.start();
    },
  };

  return {
    start(channels = []) {
      for (const notice of notices.list()) log.warn(text(notice.message));
      settings.movePassword().catch((err: unknown) => {
        log.warn({ err }, 'the database password stays in settings.json');
      });
      for (const part of role) starts[part](channels);
      // To pages that opened in the middle of a long replay.
      if (watch.isReplaying()) void watch.settled().then(() => hub.emit({ event: 'reset', payload: {} }));
    },
    dispatch,
    subscribe: hub.subscribe,
    snapshot,
    settings: settings.current,
    pausePolling() {
      sources.pause();
      beats.pause();
    },
    resumePolling() {
      sources.resume();
      beats.resume();
    },
    pollNow: sources.pollNow,
    dataDir,
    log,
    port: started.port,
    stop: parts.close,
  };
}

function watchConfig(settings: Settings): WatchConfig {
  const { coins, vsCurrency } = settings;
  const { watchlists } = settings;
  return { coins, vsCurrency, rules: withCoins({ rules: rulesInForce(settings), watchlists }) };
}

/** Whether a setting concerns the desktop host alone. */
function isDesktopSetting(name: SettingName): boolean {
  return (DESKTOP_SETTINGS as readonly SettingName[]).includes(name);
}

/** The average needs three earlier prices in its window; with an interval this long it never has them. */
function slowPollProblem({ intervalSeconds, reason }: BudgetStatus, windowMinutes: number): Problem | null {
  const most = Math.floor((windowMinutes * MINUTE_MS) / SECOND_MS / 3);
  if (intervalSeconds <= most) return null;
  return {
    id: 'slow-poll',
    message: message('poll.slow', { intervalSeconds, reason, windowMinutes, mostSeconds: most }),
  };
}
