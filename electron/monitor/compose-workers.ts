import { join } from 'node:path';
import { isResolvedEvent } from '../../shared/domain/alert.ts';
import { message } from '../../shared/messages/message.ts';
import { inhibitionInForce } from '../../shared/settings/inhibition.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import type { OpenParts } from './async/open-parts.ts';
import { type AlertConfig, createAlertWorker } from './cluster/alert-worker.ts';
import { copyAlerts } from './cluster/copy-alerts.ts';
import { createRuleStatesTopic } from './cluster/rule-states-topic.ts';
import { type ClusterBasis, groupOptions, type OpenPart, problemReporter } from './cluster-basis.ts';
import { NO_RECORDS, openDatabaseOf } from './cluster-database.ts';
import { composeDelivery } from './compose-delivery.ts';
import { openAlertTables } from './delivery/alert-tables.ts';
import { createBeats } from './ingest/beats.ts';
import { type BatchTopic, createBatchTopic } from './log/kafka/batch-topic.ts';
import { createGroupCursor } from './log/kafka/group-cursor.ts';
import { openProducer } from './log/kafka/kafka-clients.ts';
import { partitionOf } from './log/kafka/partition-of.ts';
import { openLocalLog } from './log/local-log.ts';
import type { LogRecord } from './log/tick-log.ts';
import { environmentNetwork } from './network/environment-network.ts';
import { CONSUMERS } from './roles.ts';
import { openStoredChannelSecrets } from './secrets/stored-channel-secrets.ts';
import { SettingsError } from './settings/settings-error.ts';
import type { StoredLog } from './store/open-store.ts';
import { systemClock } from './time/clock.ts';

/** The store writes only every few seconds, so a fetch may wait for more records. */
const STORE_WAIT = { minBytes: 262_144, maxWaitMs: 500 };

/** The part `rules`: evaluates the rules on the topic of ticks and appends alerts to their topic. */
export function openRules(basis: ClusterBasis, parts: OpenParts): OpenPart {
  const { settings, clients, names, clock, log, meter } = basis;
  const cursor = parts.add(
    createGroupCursor({ ...groupOptions(basis, CONSUMERS.rules), topics: [names.ticks], readsCopies: true }),
    (opened) => opened.close(),
  );
  const topic = createBatchTopic({ clients, topic: names.alerts, partitions: basis.partitions });
  // A separate producer, so that alerts do not wait for states that are being sent.
  const producer = parts.add(openProducer(basis.cluster.connection), (opened) => opened.close(true));
  const alerts: BatchTopic = {
    async append(batch, appendedAt) {
      await topic.append(batch, appendedAt);
      meter.alerts(batch.alerts.filter((alert) => !isResolvedEvent(alert)));
    },
  };
  const worker = parts.add(
    createAlertWorker({
      config: alertConfig(settings.current()),
      partitionOf: (coinId) => partitionOf(coinId, basis.partitions),
      states: createRuleStatesTopic({ ...clients, producer }, names.states, log),
      alerts,
      cursor,
      clock,
      realClock: systemClock,
      log,
    }),
    (opened) => opened.stop(),
  );
  const beats = parts.add(createBeats({ clock, onBeat: worker.pass }), (opened) => opened.stop());
  let isMember = false;
  return {
    start() {
      cursor.join({
        onRecords: worker.wake,
        async onAssigned(partitions, generation) {
          await worker.assign(partitions, generation);
          if (!isMember) beats.resume();
          isMember = true;
        },
        // While the brokers are unavailable, prices wait in the feed.
        onLost() {
          isMember = false;
          beats.pause();
          worker.lose();
        },
      });
      beats.start();
    },
    settingsChanged: () => worker.change(alertConfig(settings.current())),
  };
}

function alertConfig(current: Settings): AlertConfig {
  const { coins, watchlists, inhibition } = current;
  return {
    rules: withCoins({ rules: rulesInForce(current), watchlists }),
    coins,
    inhibition: inhibitionInForce(inhibition),
  };
}

/** The part `store`: writes ticks and alerts to PostgreSQL. */
export function openStoring(basis: ClusterBasis, parts: OpenParts): OpenPart {
  const { settings, names, status } = basis;
  if (settings.current().databaseUrl === '') throw new SettingsError(message('cluster.no-database'));
  const cursor = parts.add(
    createGroupCursor({
      ...groupOptions(basis, CONSUMERS.store),
      topics: [names.ticks, names.alerts],
      wait: STORE_WAIT,
    }),
    (opened) => opened.close(),
  );
  const followers: ((record: LogRecord) => void)[] = [];
  const tickLog: StoredLog = {
    ...NO_RECORDS,
    cursor: () => cursor,
    follow: (listener) => void followers.push(listener),
    keepDeadLetter: (record, error) => cursor.keepRefused(record, error),
  };
  const store = openDatabaseOf(basis, parts, tickLog, {
    report: ({ database, waitingTicks }) => status.report({ database, waitingTicks }),
  });
  return {
    start() {
      store.start();
      cursor.join({
        onRecords(records) {
          for (const record of records) for (const follow of followers) follow(record);
        },
      });
    },
  };
}

/**
 * The part `delivery`: delivers alerts from their topic to the channels. They pass through the outbox in the data folder, which
 * records deliveries per channel; an alert is committed when it is in the outbox.
 */
export function openDelivering(basis: ClusterBasis, parts: OpenParts): OpenPart {
  const { options, dataDir, settings, names, clock, random, log } = basis;
  const reportLog = problemReporter(basis);
  const tickLog = parts.add(
    openLocalLog({
      path: join(dataDir, 'journal.sqlite'),
      clock,
      log,
      openAlerts: (database, onDamage) => openAlertTables(database, { clock, log, onDamage }),
      report: ({ problems }) => reportLog(...problems),
    }),
    (opened) => opened.close(),
  );
  const delivery = composeDelivery(
    {
      dataDir,
      alertsPath: settings.current().alertsFile ?? join(dataDir, 'alerts.txt'),
      env: options.env,
      settings: settings.current,
      candles: readNoCandles,
      keptSecrets: openStoredChannelSecrets(options.keptChannelSecrets ?? null, options.secrets),
      tickLog,
      clock,
      random,
      log,
      network: options.network ?? environmentNetwork(options.env),
      meter: basis.meter,
      report: { alertsFile: () => undefined, quiet: () => undefined, problems: problemReporter(basis) },
    },
    parts,
  );
  const cursor = parts.add(
    createGroupCursor({ ...groupOptions(basis, CONSUMERS.delivery), topics: [names.alerts] }),
    (opened) => opened.close(),
  );
  const takeover = parts.add(
    copyAlerts({ cursor, append: tickLog.appendTogether, clock: systemClock, log }),
    (opened) => opened.stop(),
  );
  return {
    start() {
      delivery.start([]);
      cursor.join({ onRecords: takeover.wake });
    },
    async settingsChanged(names) {
      delivery.quietTimes.changed();
      // A channel's route may refer to a watchlist.
      if (names.includes('channels') || names.includes('watchlists')) await delivery.change();
    },
  };
}

/** Messages have no chart: a process that delivers is not connected to a database. */
const readNoCandles = async () => [];
