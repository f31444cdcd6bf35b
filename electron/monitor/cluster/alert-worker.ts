import type { Alert } from '../../../shared/domain/alert.ts';
import type { Rule } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { BEAT_MS } from '../alerts/beat-times.ts';
import { type AlertEngine, createAlertEngine } from '../alerts/engine.ts';
import type { InhibitionParams } from '../alerts/inhibition.ts';
import { createSingleRun } from '../async/single-run.ts';
import type { BatchTopic } from '../log/kafka/batch-topic.ts';
import type { TopicPartition } from '../log/kafka/fetch-records.ts';
import type { GroupCursor } from '../log/kafka/group-cursor.ts';
import type { Logger } from '../logging/logger.ts';
import type { Clock } from '../time/clock.ts';
import { createPartitionSnapshot, type PartitionSnapshot } from './partition-snapshot.ts';
import type { CoinStateAt, RuleStatesTopic } from './rule-states-topic.ts';

const PAGE = { maxRecords: 500, maxTicks: 5_000 };
/** How often states are saved: a process that takes over a partition reads about this much of its ticks again. */
const SAVE_EVERY_MS = 5_000;
/** After a save, at least this many times its duration passes before the next one. */
const PAUSE_FACTOR = 10;
const RETRY_MS = 1_000;
/** The number of states that are copied before ticks get a turn: a few milliseconds, with ten rules. */
const COINS_PER_SLICE = 10;

/** The rules to evaluate, and the coins for which a lack of prices is noticed. */
export type AlertConfig = {
  readonly rules: readonly Rule[];
  readonly coins: readonly string[];
  /** When alerts are inhibited by those of a leading coin, whose ticks are in every partition; null for never. */
  readonly inhibition: InhibitionParams | null;
};

export type AlertWorkerOptions = {
  /** The configuration in force until `change`. */
  readonly config: AlertConfig;
  readonly partitionOf: (coinId: string) => number;
  readonly states: RuleStatesTopic;
  readonly alerts: BatchTopic;
  /** The position in the ticks of the partitions that this process has. */
  readonly cursor: WorkerCursor;
  /** The corrected current time, with which alerts are appended. */
  readonly clock: Clock;
  /** Real time: how often states are saved does not depend on the speed of a simulated market. */
  readonly realClock: Clock;
  readonly log: Logger;
  readonly coinsPerSlice?: number;
};

/**
 * Steps the rules with the ticks of the partitions that this process has, and appends what they raise. An alert of a tick is
 * appended before the tick is committed, and has the same id whenever it is raised again, so that none is missing after a crash.
 *
 * Each partition has its own engine, with its coins and the leading coin, whose ticks are in all partitions in the same order. So
 * each engine knows the leading coin as that of a single process does, at each tick of its coins; only the engine of the leading
 * coin's own partition raises its alerts.
 */
export type AlertWorker = {
  /** Takes over partitions, with the saved states of their coins, and drops the others. */
  assign(partitions: readonly TopicPartition[], generation: number): Promise<void>;
  /**
   * Drops all partitions. When one is assigned again, another process may have stepped its ticks meanwhile; it has then saved the
   * states.
   */
  lose(): void;
  /** There is more to read. */
  wake(): void;
  /**
   * Steps the rules with the time, for those that can fire without a new price. It does nothing unless everything that the
   * brokers had a moment ago was stepped: a coin whose ticks wait in the topic is not silent.
   */
  pass(at: number): void;
  /** Puts other rules or coins in force, before the next records are stepped. Rules that stay keep their state. */
  change(config: AlertConfig): void;
  /** Saves the states and commits. */
  stop(): Promise<void>;
};

type OwnedPartition = {
  readonly engine: AlertEngine;
  /** The alerts that the engine raised during a `check`, in addition to its return value. */
  readonly events: Alert[];
  readonly generation: number;
  /** By coin, the newest record whose ticks the engine knows. */
  readonly known: Map<string, number>;
  /** Coins whose states have changed since they were saved. */
  readonly unsaved: Set<string>;
};

export type WorkerCursor = Pick<GroupCursor, 'read' | 'commit' | 'placeOf' | 'caughtUpAt'>;

export function createAlertWorker(options: AlertWorkerOptions): AlertWorker {
  const { partitionOf, states, alerts, cursor, clock, realClock, log } = options;
  const { coinsPerSlice = COINS_PER_SLICE } = options;
  const stopping = new AbortController();
  const owned = new Map<number, OwnedPartition>();
  /** The newest record whose alerts are appended. */
  let applied: number | null = null;
  let isSaveDue = false;
  /** Whether an engine knows ticks whose alerts are not in their topic: its state must not be saved. */
  let hasUnappendedAlerts = false;
  let appending: Promise<void> = Promise.resolve();
  let saving: Promise<void> | null = null;
  /** Of the partition that is being saved. */
  let snapshot: { readonly of: AlertEngine; readonly states: PartitionSnapshot } | null = null;
  let { config } = options;
  let changed: AlertConfig | null = null;
  let dueBeat: number | null = null;

  /** An engine with the rules in force that continues from these states. */
  const restored = (generation: number, saved: Iterable<CoinStateAt>): OwnedPartition => {
    const events: Alert[] = [];
    const engine = createAlertEngine(config.rules, (event) => void events.push(event), config.inhibition);
    const known = new Map<string, number>();
    for (const { coinId, offset, state } of saved) {
      try {
        engine.restore(coinId, state);
        known.set(coinId, offset);
      } catch (err) {
        log.error(
          { err, coinId },
          'the saved state of a coin cannot be restored; its rules start without state',
        );
      }
    }
    return { engine, events, generation, known, unsaved: new Set() };
  };

  const stateOf = ({ engine, known }: OwnedPartition, coinId: string): CoinStateAt | null => {
    const state = engine.save(coinId);
    return state && { coinId, offset: known.get(coinId) ?? -1, state };
  };

  const applyChange = (): void => {
    if (changed === null) return;
    config = changed;
    changed = null;
    for (const [number, partition] of owned) {
      const { generation, engine, unsaved } = partition;
      const saved = [...engine.coins()].flatMap((coinId) => stateOf(partition, coinId) ?? []);
      const continued = restored(generation, saved);
      for (const coinId of unsaved) continued.unsaved.add(coinId);
      owned.set(number, continued);
    }
  };

  /**
   * Steps the rules with a record. Ticks that a coin's state already includes were stepped before, here or by another process.
   */
  const step = (number: number, ticks: readonly Tick[]): readonly Alert[] => {
    const place = cursor.placeOf(number);
    const partition = place === null ? undefined : owned.get(place.partition);
    if (place === null || partition === undefined) return [];
    const { engine, events, known, unsaved } = partition;
    const raised: Alert[] = [];
    for (const tick of ticks) {
      if ((known.get(tick.coinId) ?? -1) >= place.offset) continue;
      if (snapshot?.of === engine) snapshot.states.take(tick.coinId);
      const fired = engine.check(tick);
      raised.push(...events.splice(0), ...fired);
      unsaved.add(tick.coinId);
    }
    for (const { coinId } of ticks) known.set(coinId, Math.max(known.get(coinId) ?? -1, place.offset));
    // Those of the leading coin are raised in its own partition.
    return raised.filter(({ coinId }) => partitionOf(coinId) === place.partition);
  };

  /** Retries until it succeeds: the engine has moved past these ticks, so nothing would raise the alerts again. */
  const appendAll = async (raised: readonly Alert[]): Promise<void> => {
    hasUnappendedAlerts = true;
    while (hasUnappendedAlerts) {
      try {
        await alerts.append({ ticks: [], alerts: raised }, clock.now());
        hasUnappendedAlerts = false;
      } catch (err) {
        log.error({ err, alerts: raised.length }, 'alerts cannot be appended to their topic; trying again');
        await realClock.sleep(RETRY_MS, stopping.signal);
      }
    }
  };
  const append = (raised: readonly Alert[]): Promise<void> => {
    appending = appendAll(raised);
    return appending;
  };

  /** The coins of a partition whose states have changed, the leading coin last. */
  const unsavedOf = ({ unsaved }: OwnedPartition): readonly string[] => {
    const leadingCoin = config.inhibition?.leadingCoin;
    const others = [...unsaved].filter((coinId) => coinId !== leadingCoin);
    return leadingCoin !== undefined && unsaved.has(leadingCoin) ? [...others, leadingCoin] : others;
  };

  /** The states of coins as they are now, although ticks are stepped while they are copied. */
  const takeStates = async (
    partition: OwnedPartition,
    coinIds: readonly string[],
  ): Promise<readonly CoinStateAt[]> => {
    const taken = createPartitionSnapshot(coinIds, (coinId) => stateOf(partition, coinId), coinsPerSlice);
    snapshot = { of: partition.engine, states: taken };
    try {
      return await taken.finish();
    } finally {
      snapshot = null;
    }
  };

  /**
   * Saves the states of each partition as they are at one of its records, then commits. The alerts of these records are in their topic
   * already, so a crash loses none. After a crash in between, the leading coin is not ahead of a coin that is compared with it: it is
   * saved last, and the ticks that others know already are not stepped again.
   */
  const saveAll = async (): Promise<void> => {
    const upTo = applied;
    for (const number of [...owned.keys()]) {
      while (hasUnappendedAlerts) await appending;
      const partition = owned.get(number);
      if (partition === undefined) continue;
      const coinIds = unsavedOf(partition);
      partition.unsaved.clear();
      try {
        await states.save(number, partition.generation, await takeStates(partition, coinIds), clock.now());
      } catch (cause) {
        for (const coinId of coinIds) owned.get(number)?.unsaved.add(coinId);
        throw cause;
      }
    }
    if (upTo === null) return;
    await cursor.commit(upTo);
    if (applied === upTo) applied = null;
  };

  const saveSoon = (afterMs: number): void => {
    realClock.sleep(afterMs, stopping.signal).then(
      () => {
        isSaveDue = true;
        work.request();
      },
      () => undefined, // the program stops
    );
  };

  /** Saves while ticks are stepped, so that no alert waits for it. */
  const saveInBackground = (): void => {
    isSaveDue = false;
    const startedAt = realClock.now();
    saving = saveAll()
      .catch((err: unknown) => {
        if (stopping.signal.aborted) return;
        log.error({ err }, 'the state of the rules could not be saved; trying again');
      })
      .finally(() => {
        saving = null;
        saveSoon(Math.max(SAVE_EVERY_MS, PAUSE_FACTOR * (realClock.now() - startedAt)));
      });
  };

  /** The alerts of a coin that falls silent are raised once: its state is saved before anything else happens. */
  const passTime = async (): Promise<void> => {
    const [at, caughtUpAt] = [dueBeat, cursor.caughtUpAt()];
    dueBeat = null;
    if (at === null || caughtUpAt === null || realClock.now() - caughtUpAt > BEAT_MS) return;
    const raised: Alert[] = [];
    snapshot?.states.takeAll();
    for (const [number, { engine, events, unsaved }] of owned) {
      const own = config.coins.filter((coinId) => partitionOf(coinId) === number);
      const fired = engine.pass(at, own);
      const all = [...events.splice(0), ...fired];
      for (const { coinId } of all) unsaved.add(coinId);
      raised.push(...all);
    }
    if (raised.length === 0) return;
    await append(raised);
    await saving;
    await saveAll();
  };

  const readAll = async (): Promise<void> => {
    for (;;) {
      applyChange();
      if (isSaveDue && saving === null) saveInBackground();
      const records = await cursor.read(PAGE);
      const last = records.at(-1);
      if (last === undefined) {
        await passTime();
        return;
      }
      const raised = records.flatMap(({ offset, ticks }) => step(offset, ticks));
      if (raised.length > 0) await append(raised);
      applied = last.offset;
    }
  };

  const work = createSingleRun(() =>
    readAll().catch((err: unknown) => {
      if (stopping.signal.aborted) return;
      // Alerts that were not appended are raised again from the records that were not committed.
      log.error(
        { err },
        'ticks could not be evaluated, or the state of the rules could not be saved; trying again',
      );
    }),
  );

  saveSoon(SAVE_EVERY_MS);

  return {
    async assign(partitions, generation) {
      const numbers = new Set(partitions.map(({ partition }) => partition));
      for (const partition of owned.keys()) if (!numbers.has(partition)) owned.delete(partition);
      for (const partition of numbers) {
        const kept = owned.get(partition);
        const saved = kept === undefined ? await states.read(partition) : [];
        owned.set(partition, kept === undefined ? restored(generation, saved) : { ...kept, generation });
      }
    },
    lose: () => owned.clear(),
    wake: () => work.request(),
    pass(at) {
      dueBeat = at;
      work.request();
    },
    change(next) {
      changed = next;
      work.request();
    },
    async stop() {
      stopping.abort();
      await work.settled();
      await saving;
      if (hasUnappendedAlerts) return;
      await saveAll().catch((err: unknown) => {
        log.warn(
          { err },
          'the state of the alert rules could not be saved; the next process reads more ticks again',
        );
      });
    },
  };
}
