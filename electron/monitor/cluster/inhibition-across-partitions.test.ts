import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alert, isResolvedEvent } from '../../../shared/domain/alert.ts';
import { ruleOf } from '../../../shared/domain/rule.ts';
import type { Tick } from '../../../shared/domain/tick.ts';
import { createAlertEngine } from '../alerts/engine.ts';
import { tickAt, walk } from '../alerts/rules/market-fixture.ts';
import { recordsOf } from '../log/kafka/batch-topic.ts';
import type { Position } from '../log/kafka/fetch-records.ts';
import { decodeRecord } from '../log/kafka/kafka-record.ts';
import { partitionOf } from '../log/kafka/partition-of.ts';
import type { LogBatch, LogRecord } from '../log/tick-log.ts';
import { silentLog } from '../logging/logger.ts';
import { virtualClock } from '../time/clock.ts';
import { createAlertWorker, type WorkerCursor } from './alert-worker.ts';
import type { CoinStateAt } from './rule-states-topic.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const PARTITIONS = 4;
const COINS = ['bitcoin', 'ethereum', 'zcash', 'solana', 'monero', 'dai'];
const INHIBITION = { leadingCoin: 'bitcoin', score: 4, floorPct: 0.4 };
const RULE = ruleOf({ id: 'moved', kind: 'moving-average', params: { thresholdPct: 2, windowMinutes: 5 } });
const STEP_MS = 20_000;
/** More than the hour of returns that beta needs. */
const CALM_STEPS = 220;
const STEPS = 300;

type Jump = { readonly step: number; readonly pct: number; readonly follows: readonly boolean[] };

/** A price of each coin at every step: calm at first, then with jumps of the leading coin, which some of the others follow. */
function tapeOf(jumps: readonly Jump[]): readonly LogBatch[] {
  const leading = walk(5, STEPS, 0.1);
  const own = COINS.map((_, index) => walk(11 + index, STEPS, 0.02));
  return leading.map((price, step) => ({
    ticks: COINS.map((coinId, index) => {
      const factor = jumps
        .filter((jump) => jump.step <= step && (index === 0 || jump.follows[index - 1]))
        .reduce((product, { pct }) => product * (1 + pct / 100), 1);
      const beta = 1 + index / 5;
      const noise = index === 0 ? 1 : (own[index]?.[step] ?? 100) / 100;
      // The leading coin comes last: what the topic does about that is tested, too.
      return tickAt(
        NOON + step * STEP_MS + (COINS.length - index),
        100 * (price * factor * 0.01) ** beta * noise,
        {
          coinId,
        },
      );
    }).toReversed(),
    alerts: [],
  }));
}

/** The topic of a tape, by partition. */
function topicOf(tape: readonly LogBatch[]): readonly (readonly LogRecord[])[] {
  const partitions: LogRecord[][] = Array.from({ length: PARTITIONS }, () => []);
  for (const batch of tape)
    for (const { partition, record } of recordsOf(batch, PARTITIONS, INHIBITION.leadingCoin)) {
      const records = partitions[partition];
      records?.push(
        decodeRecord({
          offset: records.length,
          timestamp: NOON,
          key: '',
          value: Buffer.from(record.value),
          headers: new Map(Object.entries(record.headers)),
        }),
      );
    }
  return partitions;
}

/** What a single process raises that steps the batches in the order of the topic. */
function expectedOf(tape: readonly LogBatch[]): readonly Alert[] {
  const events: Alert[] = [];
  const engine = createAlertEngine([RULE], (event) => void events.push(event), INHIBITION);
  const isLeading = ({ coinId }: Tick): boolean => coinId === INHIBITION.leadingCoin;
  for (const { ticks } of tape)
    for (const tick of [...ticks.filter(isLeading), ...ticks.filter((each) => !isLeading(each))])
      events.push(...engine.check(tick));
  return events;
}

/** Processes that share the partitions, one after the other, and are killed. */
function installation(topic: readonly (readonly LogRecord[])[]) {
  const saved = Array.from({ length: PARTITIONS }, () => new Map<string, CoinStateAt>());
  const committed = new Map<number, number>();
  const alerts: Alert[] = [];
  return {
    alerts,
    /**
     * A process with these partitions that reads this many records, and is killed while it saves.
     *
     * @param statesSaved how many states it saves before that
     */
    async run(partitions: readonly number[], most: number, statesSaved: number): Promise<void> {
      const clock = virtualClock(NOON);
      const places = new Map<number, Position>();
      const next = new Map(partitions.map((partition) => [partition, committed.get(partition) ?? 0]));
      let [number, left, statesLeft] = [0, most, statesSaved];
      const cursor: WorkerCursor = {
        // One record of each partition in turn.
        async read() {
          await setImmediate();
          const ready = [...next].find(([partition, offset]) => offset < (topic[partition]?.length ?? 0));
          if (ready === undefined || left === 0) return [];
          const [partition, offset] = ready;
          next.delete(partition);
          next.set(partition, offset + 1);
          left -= 1;
          number += 1;
          places.set(number, { topic: 'ticks', partition, offset });
          const record = topic[partition]?.[offset];
          return record === undefined ? [] : [{ ...record, offset: number }];
        },
        async commit(upTo) {
          for (const [each, { partition, offset }] of places)
            if (each <= upTo) committed.set(partition, offset + 1);
        },
        placeOf: (each) => places.get(each) ?? null,
        caughtUpAt: () => null,
      };
      const worker = createAlertWorker({
        config: { rules: [RULE], coins: COINS, inhibition: INHIBITION },
        partitionOf: (coinId) => partitionOf(coinId, PARTITIONS),
        states: {
          read: async (partition) => [...(saved[partition]?.values() ?? [])],
          async save(partition, _generation, states) {
            for (const state of states) {
              if (statesLeft-- <= 0) throw new Error('The process was killed.');
              saved[partition]?.set(state.coinId, JSON.parse(JSON.stringify(state)));
            }
          },
        },
        alerts: { append: async (batch) => void alerts.push(...batch.alerts) },
        clock,
        realClock: clock,
        log: silentLog,
        cursor,
        coinsPerSlice: 1,
      });
      await worker.assign(
        partitions.map((partition) => ({ topic: 'ticks', partition })),
        1,
      );
      worker.wake();
      while (left > 0 && [...next].some(([partition, offset]) => offset < (topic[partition]?.length ?? 0)))
        await clock.advance(100);
      await worker.stop();
    },
  };
}

const byId = (alerts: readonly Alert[]) => new Map(alerts.map((alert) => [alert.id, alert]));

const jump = fc.record({
  step: fc.integer({ min: CALM_STEPS, max: STEPS - 20 }),
  pct: fc.constantFrom(-6, -4, 4, 6),
  follows: fc.array(fc.boolean(), { minLength: COINS.length - 1, maxLength: COINS.length - 1 }),
});
const death = fc.record({
  isFirst: fc.boolean(),
  records: fc.integer({ min: 1, max: 400 }),
  states: fc.nat(12),
});

describe('alerts that follow a leading coin of another partition', () => {
  it('are those of a single process over the same ticks, whenever processes die', async () => {
    const [all, half] = [
      [0, 1, 2, 3],
      [
        [0, 1],
        [2, 3],
      ],
    ] as const;
    let inhibited = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(jump, { minLength: 1, maxLength: 4 }),
        fc.array(death, { maxLength: 8 }),
        async (jumps, deaths) => {
          const tape = tapeOf(jumps);
          const processes = installation(topicOf(tape));
          for (const { isFirst, records, states } of deaths)
            await processes.run(half[isFirst ? 0 : 1], records, states);
          await processes.run(all, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
          const expected = expectedOf(tape);
          inhibited += expected.filter(({ inhibitedBy }) => inhibitedBy !== undefined).length;
          // Repeats are the same, to the last digit.
          const known = byId(expected);
          for (const alert of processes.alerts) expect(alert).toEqual(known.get(alert.id));
          expect(new Set(processes.alerts.map(({ id }) => id))).toEqual(new Set(known.keys()));
          expect(expected.filter((alert) => !isResolvedEvent(alert)).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 25, seed: 14 },
    );
    expect(inhibited).toBeGreaterThan(20);
  });

  it('are raised once while no process dies, by the partition of their coin', async () => {
    const tape = tapeOf([{ step: CALM_STEPS, pct: -6, follows: [true, true, false, true, true] }]);
    const processes = installation(topicOf(tape));
    await processes.run([0, 1, 2, 3], Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY);
    const idsOf = (alerts: readonly Alert[]) => alerts.map(({ id }) => id).toSorted();
    expect(idsOf(processes.alerts)).toEqual(idsOf(expectedOf(tape)));
  });

  it('are in several partitions', () => {
    expect(new Set(COINS.map((coinId) => partitionOf(coinId, PARTITIONS))).size).toBeGreaterThan(2);
  });
});
