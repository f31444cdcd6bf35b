import { join } from 'node:path';
import type { BudgetStatus } from '../../shared/domain/budget-status.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import { message, text } from '../../shared/messages/message.ts';
import { createOpenParts, type OpenParts } from './async/open-parts.ts';
import { composeApi } from './compose-api.ts';
import { composeDelivery } from './compose-delivery.ts';
import { composeIngest } from './compose-ingest.ts';
import { openSharedLatest } from './compose-latest.ts';
import { composeSources } from './compose-sources.ts';
import { openAlertTables } from './delivery/alert-tables.ts';
import type { Channel } from './delivery/channel.ts';
import { claimDataDir } from './files/data-dir.ts';
import { createQuotePublisher } from './latest/quote-publisher.ts';
import { openLocalLog } from './log/local-log.ts';
import { createLogger } from './logging/logger.ts';
import type { Monitor, MonitorOptions } from './monitor.ts';
import { environmentNetwork } from './network/environment-network.ts';
import { type Part, ROLES } from './roles.ts';
import { chooseApiKey } from './secrets/choose-api-key.ts';
import { openStoredChannelSecrets } from './secrets/stored-channel-secrets.ts';
import { openSettings } from './settings/settings.ts';
import { createTickTimes } from './sources/tick-times.ts';
import { createEventHub } from './status/event-hub.ts';
import { NO_METER } from './status/meter.ts';
import { createStatusBoard, INITIAL_STATES } from './status/status-board.ts';
import { openStoredNotices } from './status/stored-notices.ts';
import { openStore } from './store/open-store.ts';
import { openTickStream } from './tick-stream/open-tick-stream.ts';
import { systemClock } from './time/clock.ts';
import { correctedClock, createClockOffset, fetchNotingTime } from './time/clock-offset.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/**
 * Composes the program. Nothing runs before `start`, so that a host that fails leaves nothing behind; prices then arrive before
 * the database is ready. When it throws, everything that was opened is closed.
 *
 * @param started the parts that `start` starts; those of the program on one machine if absent
 * @throws DataDirError when the data folder cannot be used, SettingsError or ProxyError when a flag or variable is invalid
 */
export async function openMonitor(
  options: MonitorOptions,
  started: readonly Part[] = ROLES.all,
): Promise<Monitor> {
  const parts = createOpenParts();
  try {
    return await compose(options, started, parts);
  } catch (cause) {
    // An error of closing has the same cause or is less important.
    await parts.close(0).catch(() => undefined);
    throw cause;
  }
}

/**
 * Composes the parts in the order of the data flow: settings → output (log lines, events, status) → time and network → log →
 * store → delivery → ingest and latest quotes → sources → the interface for hosts. Each part is created from parts above it and
 * reports its state through functions that it is given.
 */
async function compose(
  options: MonitorOptions,
  toStart: readonly Part[],
  parts: OpenParts,
): Promise<Monitor> {
  const { env, secrets, random = Math.random, meter = NO_METER } = options;
  const dataDir = parts.add(claimDataDir(options.dataDir), (claimed) => claimed.release()).path;

  // Settings.
  const notices = openStoredNotices(join(dataDir, 'notices.json'));
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
  const status = parts.add(
    createStatusBoard(INITIAL_STATES, notices, (payload) => hub.emit({ event: 'status', payload })),
    (board) => board.close(),
  );
  status.reporter()(apiKey.problem);

  // Time and network. Stored times use the machine's clock, which is the same before the first response after a start.
  const hostNetwork = options.network ?? environmentNetwork(env);
  const machineClock = options.clock;
  const offset = createClockOffset({
    clock: machineClock,
    elapsed: () => performance.now() * machineClock.speed,
    onChange(offsetMs) {
      log.info({ offsetMs }, "the offset of the machine's clock changed");
      // Pages have to read the current time again.
      hub.emit({ event: 'reset', payload: {} });
    },
    report: status.reporter(),
  });
  const clock = correctedClock(machineClock, offset);
  const network = { ...hostNetwork, fetch: fetchNotingTime(hostNetwork.fetch, machineClock, offset) };
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

  // Consumers of the log: the store.
  const reportStore = status.reporter();
  const store = parts.add(
    openStore({
      tickLog,
      dataDir,
      databaseUrl: settings.databaseUrl(),
      retention: settings.current,
      env,
      clock: machineClock,
      present: clock,
      log,
      random,
      report({ database, replica, waitingTicks, problems }) {
        status.report({ database, replica, waitingTicks });
        reportStore(...problems);
      },
    }),
    (opened, timeoutMs) => opened.stop(timeoutMs),
  );
  // The stream of ticks, if one is configured.
  const tickStream = openTickStream({
    env,
    tickLog,
    clock: machineClock,
    log,
    random,
    report: status.reporter(),
  });
  if (tickStream !== null) parts.add(tickStream, (opened) => opened.stop());
  // Delivery.
  const keptChannelSecrets = openStoredChannelSecrets(options.keptChannelSecrets ?? null, secrets);
  const delivery = composeDelivery(
    {
      dataDir,
      alertsPath: started.alertsFile ?? join(dataDir, 'alerts.txt'),
      env,
      settings: settings.current,
      candles: store.pastCandles,
      keptSecrets: keptChannelSecrets,
      tickLog,
      clock: machineClock,
      random,
      log,
      network: hostNetwork,
      meter,
      report: {
        alertsFile: (alertsFile) => status.report({ alertsFile }),
        quiet: (quiet) => status.report({ quiet }),
        problems: status.reporter(),
      },
    },
    parts,
  );

  // Ingest, and the latest quotes.
  const ingest = composeIngest(
    {
      settings: started,
      tickLog,
      store,
      deliverUnlogged: delivery.dispatcher.deliverUnlogged,
      machineClock,
      clock,
      times,
      random,
      log,
      hub,
      meter,
      report: status.reporter(),
    },
    parts,
  );
  const { watch, ruleHistory, latest, beats } = ingest;

  // The newest quotes for other processes, if there is a Redis.
  const sharedLatest = await openSharedLatest({ env, clock, random, log, report: status.reporter() }, parts);
  if (sharedLatest !== null) {
    const publisher = parts.add(
      createQuotePublisher({
        store: sharedLatest,
        vsCurrency: () => watch.config().vsCurrency,
        save: latest.save,
        clock: systemClock,
      }),
      (opened) => opened.stop(),
    );
    hub.subscribe(({ event, payload }) => {
      if (event === 'prices') publisher.changed(payload.map(({ coinId }) => coinId));
    });
  }

  // Sources.
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
      onTicks: watch.accept,
      onHistory(coinId, vsCurrency) {
        hub.emit({ event: 'history', payload: { coinId, vsCurrency } });
        ruleHistory.onHistory(coinId);
      },
      onSimulated: () => hub.emit({ event: 'reset', payload: {} }),
      report: {
        feed: (feed) => status.report({ feed }),
        exchanges: (exchanges) => status.report({ exchanges }),
        backfill: (backfill) => status.report({ backfill }),
        budget(budget, isPolling) {
          // Pages show the call with the outcome of the poll: they would be busy with it when the prices arrive.
          if (isPolling) return status.note({ budget });
          status.report({ budget });
          reportSlowPoll(slowPollProblem(budget, settings.current().alertWindowMinutes));
        },
      },
      reporter: status.reporter,
    }),
    (opened) => opened.stop(),
  );

  // The interface for hosts and their pages.
  const { dispatch, snapshot } = composeApi(
    {
      dataDir,
      env,
      settings,
      secrets,
      keptChannelSecrets,
      notices,
      status,
      hub,
      clock,
      times,
      log,
      alerts: tickLog.alerts,
      store,
      delivery,
      ingest,
      sources,
    },
    parts,
  );

  const starts: Readonly<Record<Part, (channels: readonly Channel[]) => void>> = {
    pages: () => undefined, // a host opens them
    store: store.start,
    delivery(channels) {
      delivery.start(channels);
      tickStream?.start();
    },
    rules() {
      ruleHistory.start();
      beats.start();
    },
    sources: sources.start,
  };

  return {
    start(channels = []) {
      for (const notice of notices.list()) log.warn(text(notice.message));
      settings.movePassword().catch((err: unknown) => {
        log.warn({ err }, 'the database password stays in settings.json');
      });
      for (const part of toStart) starts[part](channels);
      // For pages that opened during a long replay.
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

/**
 * The problem of a poll interval that is too long for the average, which needs three earlier prices in its window; null if it is
 * not.
 */
function slowPollProblem({ intervalSeconds, reason }: BudgetStatus, windowMinutes: number): Problem | null {
  const most = Math.floor((windowMinutes * MINUTE_MS) / SECOND_MS / 3);
  if (intervalSeconds <= most) return null;
  return {
    id: 'slow-poll',
    message: message('poll.slow', { intervalSeconds, reason, windowMinutes, mostSeconds: most }),
  };
}
