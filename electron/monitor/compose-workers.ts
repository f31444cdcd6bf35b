import { join } from 'node:path';
import { isResolvedEvent } from '../../shared/domain/alert.ts';
import { message } from '../../shared/messages/message.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import type { OpenParts } from './async/open-parts.ts';
import { createSingleRun } from './async/single-run.ts';
import { type AlertConfig, type AlertWorker, createAlertWorker } from './cluster/alert-worker.ts';
import { createRuleStatesTopic } from './cluster/rule-states-topic.ts';
import { type ClusterBasis, groupOptions, problemReporter, type Startable } from './cluster-basis.ts';
import { NO_RECORDS, openDatabaseOf } from './cluster-database.ts';
import { composeDelivery } from './compose-delivery.ts';
import { openAlertTables } from './delivery/alert-tables.ts';
import { createBeats } from './ingest/beats.ts';
import { type BatchTopic, createBatchTopic } from './log/kafka/batch-topic.ts';
import { type GroupCursor, openGroupCursor } from './log/kafka/group-cursor.ts';
import { partitionOf } from './log/kafka/partition-of.ts';
import { openLocalLog } from './log/local-log.ts';
import type { LogRecord } from './log/tick-log.ts';
import { environmentNetwork } from './network/environment-network.ts';
import { openStoredChannelSecrets } from './secrets/stored-channel-secrets.ts';
import { SettingsError } from './settings/settings-error.ts';
import type { StoredLog } from './store/open-store.ts';
import { systemClock } from './time/clock.ts';

const RETRY_MS = 1_000;

/** The role `alert`: ticks through the rules, alerts to their topic. */
export function openAlerting(basis: ClusterBasis, parts: OpenParts): Startable {
  const { settings, clients, names, clock, log, meter } = basis;
  const topic = createBatchTopic(clients, names.alerts, basis.partitions);
  const alerts: BatchTopic = {
    async append(batch, appendedAt) {
      await topic.append(batch, appendedAt);
      meter.alerts(batch.alerts.filter((alert) => !isResolvedEvent(alert)));
    },
  };
  let cursor: GroupCursor | null = null;
  const worker: AlertWorker = createAlertWorker(
    {
      config: alertConfig(settings.current()),
      partitionOf: (coinId) => partitionOf(coinId, basis.partitions),
      states: createRuleStatesTopic(clients, names.states, log),
      alerts,
      clock,
      realClock: systemClock,
      log,
    },
    () => {
      if (cursor === null) throw new Error('The consumer group was not joined yet.');
      return cursor;
    },
  );
  const beats = createBeats({ clock, onBeat: worker.pass });
  let isMember = false;
  return {
    start() {
      cursor = openGroupCursor({
        ...groupOptions(basis, 'alert'),
        topics: [names.ticks],
        onRecords: worker.wake,
        async onAssigned(partitions, generation) {
          await worker.assign(partitions, generation);
          if (!isMember) beats.resume();
          isMember = true;
        },
        // While the brokers are away, prices wait at the feed.
        onLost() {
          isMember = false;
          beats.pause();
          worker.lose();
        },
      });
      parts.add(cursor, (opened) => opened.close());
      parts.add(worker, (opened) => opened.stop());
      beats.start();
      parts.add(beats, (opened) => opened.stop());
    },
    settingsChanged: () => worker.change(alertConfig(settings.current())),
  };
}

function alertConfig(current: Settings): AlertConfig {
  const { coins, watchlists } = current;
  return { rules: withCoins({ rules: rulesInForce(current), watchlists }), coins };
}

/** The role `store`: ticks and alerts to PostgreSQL. */
export function openStoring(basis: ClusterBasis, parts: OpenParts): Startable {
  const { settings, names, status } = basis;
  if (settings.current().databaseUrl === '') throw new SettingsError(message('cluster.no-database'));
  const followers: ((record: LogRecord) => void)[] = [];
  const onRecords = (records: readonly LogRecord[]): void => {
    for (const record of records) for (const follow of followers) follow(record);
  };
  const cursor = parts.add(
    openGroupCursor({ ...groupOptions(basis, 'store'), topics: [names.ticks, names.alerts], onRecords }),
    (opened) => opened.close(),
  );
  const tickLog: StoredLog = {
    ...NO_RECORDS,
    cursor: () => cursor,
    follow: (listener) => void followers.push(listener),
    keepDeadLetter: (record, error) => cursor.keepRefused(record, error),
  };
  return openDatabaseOf(basis, parts, tickLog, {
    report: ({ database, waitingTicks }) => status.report({ database, waitingTicks }),
  });
}

/**
 * The role `deliver`: alerts from their topic to the channels. They pass through the outbox in the data folder, which records
 * deliveries per channel; an alert is committed when it is in the outbox.
 */
export function openDelivering(basis: ClusterBasis, parts: OpenParts): Startable {
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
  return {
    start() {
      delivery.start([]);
      const cursor: GroupCursor = openGroupCursor({
        ...groupOptions(basis, 'deliver'),
        topics: [names.alerts],
        onRecords: () => copy.request(),
      });
      const copy = createSingleRun(async () => {
        try {
          for (;;) {
            const records = await cursor.read({ maxRecords: 500, maxTicks: 5_000 });
            const last = records.at(-1);
            if (last === undefined) return;
            let batches = records.map(({ alerts }) => ({ ticks: [], alerts }));
            while (batches.length > 0) batches = batches.slice(await tickLog.appendTogether(batches));
            await cursor.commit(last.offset);
          }
        } catch (err) {
          log.error({ err }, 'alerts could not be taken over; trying again');
          cursor.rewind();
          setTimeout(copy.request, RETRY_MS).unref();
        }
      });
      parts.add(cursor, (opened) => opened.close());
    },
    async settingsChanged(names) {
      delivery.quietTimes.changed();
      // A channel's route may refer to a watchlist.
      if (names.includes('channels') || names.includes('watchlists')) await delivery.change();
    },
  };
}

/** Messages have no chart: delivery has no database of its own. */
const readNoCandles = async () => [];
