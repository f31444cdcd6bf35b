import { type Alert, alertOfResolved, isResolvedEvent } from '../../shared/domain/alert.ts';
import { alertMessage } from '../../shared/domain/alert-message.ts';
import type { Problem } from '../../shared/domain/problem.ts';
import { text } from '../../shared/messages/message.ts';
import { inhibitionInForce } from '../../shared/settings/inhibition.ts';
import { rulesInForce } from '../../shared/settings/rules-in-force.ts';
import type { Settings } from '../../shared/settings/settings.ts';
import { withCoins } from '../../shared/settings/watchlists.ts';
import type { OpenParts } from './async/open-parts.ts';
import type { AlertTables } from './delivery/alert-tables.ts';
import { createAppender } from './ingest/appender.ts';
import { type Beats, createBeats } from './ingest/beats.ts';
import { readStates } from './ingest/read-states.ts';
import { createRuleHistory, type RuleHistory } from './ingest/rule-history.ts';
import { createStateSaver } from './ingest/state-saver.ts';
import { createTickBatcher } from './ingest/tick-batcher.ts';
import { createWatch, type Watch } from './ingest/watch.ts';
import type { WatchConfig } from './ingest/watched.ts';
import { createLatest, type Latest } from './latest/latest.ts';
import type { LocalLog } from './log/local-log.ts';
import type { Logger } from './logging/logger.ts';
import type { TickTimes } from './sources/tick-times.ts';
import type { EventHub } from './status/event-hub.ts';
import type { Meter } from './status/meter.ts';
import type { Store } from './store/store.ts';
import { type Clock, steadyClock, systemClock } from './time/clock.ts';

export type IngestOptions = {
  /** The settings at the start. */
  readonly settings: Settings;
  readonly tickLog: LocalLog<AlertTables>;
  readonly store: Pick<Store, 'pastCandles' | 'history'>;
  /** Delivers the alerts of a batch that cannot be appended now. */
  readonly deliverUnlogged: (alerts: readonly Alert[]) => void;
  /** The clock with which batches are appended. */
  readonly machineClock: Clock;
  /** The corrected current time, see `correctedClock`. */
  readonly clock: Clock;
  readonly times: TickTimes;
  readonly random: () => number;
  readonly log: Logger;
  readonly hub: Pick<EventHub, 'emit'>;
  readonly meter: Meter;
  /** Called with the problem of the log, or null, when it has changed. */
  readonly report: (problem: Problem | null) => void;
};

/** The path of ticks to the log, through the rules and the newest quotes. */
export type Ingest = {
  readonly watch: Omit<Watch, 'rebuild' | 'refill' | 'seen' | 'save'>;
  readonly ruleHistory: Pick<RuleHistory, 'start' | 'onHistory'>;
  readonly latest: Latest;
  readonly beats: Pick<Beats, 'start' | 'pause' | 'resume'>;
  /** Applies rules, coins and currency of changed settings. Resolves when they are in effect or the program is closing. */
  change(settings: Settings): Promise<void>;
};

/**
 * Composes ingest from the log backwards: the appender queues batches, the batcher collects ticks, and each tick first updates
 * the rules and the newest quotes. The states of rules and quotes are saved beside the log, for the next start.
 */
export function composeIngest(options: IngestOptions, parts: OpenParts): Ingest {
  const { settings: started, tickLog, store, machineClock, clock, times, random, log, hub, meter } = options;

  const stateSaver = parts.add(
    createStateSaver({
      states: tickLog.states,
      lastOffset: tickLog.lastOffset,
      clock: systemClock,
      log,
    }),
    (opened) => opened.stop(),
  );
  const appender = parts.add(
    createAppender({
      append: tickLog.appendTogether,
      deliverUnlogged: options.deliverUnlogged,
      clock,
      random,
      log,
      report: options.report,
    }),
    (opened) => opened.stop(),
  );
  const batcher = parts.add(createTickBatcher(systemClock, appender.append), (opened) => opened.flush());
  const latest = parts.add(
    createLatest(systemClock, (payload) => hub.emit({ event: 'prices', payload })),
    (opened) => opened.stop(),
  );
  const announce = (alert: Alert): void => {
    if (isResolvedEvent(alert)) {
      hub.emit({ event: 'alert-resolved', payload: alertOfResolved(alert) });
      return;
    }
    log.info({ alert: alert.id, ...alert.figures }, `${alert.coinId} ${text(alertMessage(alert))}`);
    hub.emit({ event: 'alert', payload: alert });
  };
  const watch = parts.add(
    createWatch({
      config: watchConfig(started),
      *accepted(from) {
        batcher.flush();
        yield* tickLog.replay(from);
        // Requested in the same step that found the end of the log: ticks that are not in the log arrive here.
        yield* appender.waiting();
      },
      saved: () => readStates(tickLog.states, started.coins, log),
      now: machineClock.now,
      times,
      latest,
      retain: tickLog.retain,
      onAccepted(ticks, alerts, isFullResponse) {
        stateSaver.touched(ticks);
        // The passage of time may raise an alert for a coin without a tick.
        stateSaver.touched(alerts);
        batcher.add(ticks, alerts);
        if (isFullResponse) batcher.flush();
        meter.ticks(ticks);
        meter.alerts(alerts.filter((alert) => !isResolvedEvent(alert)));
        alerts.forEach(announce);
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
      // Not flushed: another append, with its sync to disk, would be made for each save.
      await batcher.passedOn();
      await appender.settled();
      return appender.waiting().length === 0;
    },
  });

  // Stored history, for rules that look back further than the prices received so far.
  const ruleHistory = parts.add(
    createRuleHistory({
      watch,
      read: store.pastCandles,
      whenReady: store.history.whenReady,
      now: clock.now,
      clock: steadyClock,
      random,
      log,
    }),
    (opened) => opened.stop(),
  );

  // A periodic beat, for rules that the passage of time raises.
  const beats = parts.add(createBeats({ clock, onBeat: watch.pass }), (opened) => opened.stop());

  return {
    watch,
    ruleHistory,
    latest,
    beats,
    async change(settings) {
      await ruleHistory.change(watchConfig(settings));
      stateSaver.touched(settings.coins.map((coinId) => ({ coinId })));
    },
  };
}

function watchConfig(settings: Settings): WatchConfig {
  const { coins, vsCurrency, watchlists, inhibition } = settings;
  return {
    coins,
    vsCurrency,
    rules: withCoins({ rules: rulesInForce(settings), watchlists }),
    inhibition: inhibitionInForce(inhibition),
  };
}
