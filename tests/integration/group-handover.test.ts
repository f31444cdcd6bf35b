import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CoinState } from '../../electron/monitor/alerts/coin-state.ts';
import { createRuleStatesTopic } from '../../electron/monitor/cluster/rule-states-topic.ts';
import {
  createGroupCursor,
  type GroupCursor,
  type GroupListener,
} from '../../electron/monitor/log/kafka/group-cursor.ts';
import { type KafkaClients, openKafkaClients } from '../../electron/monitor/log/kafka/kafka-clients.ts';
import { encodeRecord } from '../../electron/monitor/log/kafka/kafka-record.ts';
import { createTopicProducer } from '../../electron/monitor/log/kafka/topic-producer.ts';
import { ensureTopic } from '../../electron/monitor/log/kafka/topics.ts';
import { batchOf, NOW } from '../../electron/monitor/log/log-fixture.ts';
import { silentLog } from '../../electron/monitor/logging/logger.ts';
import { systemClock } from '../../electron/monitor/time/clock.ts';
import { type KafkaCluster, kafkaIsMissing, startKafka } from '../counterparts/kafka.ts';
import { until } from '../program.ts';

/** They are assigned in turn, so that each of two members has partitions that a third member takes over. */
const PARTITIONS = 12;
const NO_STATE: CoinState = { rules: {}, tracks: [], raised: {}, firings: [] };
const ALL = Array.from({ length: PARTITIONS }, (_, partition) => `coin-${partition}`);

describe.skipIf(kafkaIsMissing !== null)(
  `partitions that change hands (${kafkaIsMissing ?? 'installed'})`,
  () => {
    let cluster: KafkaCluster;
    let clients: KafkaClients;
    const opened: GroupCursor[] = [];
    beforeAll(async () => {
      cluster = await startKafka({ brokers: 1 });
      clients = openKafkaClients({ clientId: 'test', brokers: cluster.brokers });
      const plan = { replicas: 1, retentionMs: null };
      await ensureTopic(clients, 'ticks', { ...plan, partitions: PARTITIONS }, systemClock);
      await ensureTopic(clients, 'dead-letters', { ...plan, partitions: 1 }, systemClock);
    });
    afterAll(async () => {
      await Promise.all(opened.map((cursor) => cursor.close()));
      await clients?.close();
      await cluster?.close();
    });

    const join = (listener: GroupListener): GroupCursor => {
      const cursor = createGroupCursor({
        connection: { clientId: 'test', brokers: cluster.brokers },
        clients,
        group: 'rules',
        topics: ['ticks'],
        deadLetterTopic: 'dead-letters',
        clock: systemClock,
        random: Math.random,
        log: silentLog,
      });
      opened.push(cursor);
      cursor.join(listener);
      return cursor;
    };
    /** Reads until it has records of so many coins; resolves with the coins and the last offset. */
    const readOf = async (cursor: GroupCursor, count: number) => {
      const coins = new Set<string>();
      let last = 0;
      await until(async () => {
        for (const { offset, ticks } of await cursor.read({ maxRecords: 100, maxTicks: 100 })) {
          for (const { coinId } of ticks) coins.add(coinId);
          last = offset;
        }
        return coins.size >= count;
      });
      return { coins, last };
    };

    it('are read from the position of the group before states were restored, even if a member commits late', async () => {
      await createTopicProducer(clients, 'ticks').append(
        ALL.map((coinId, partition) => ({ partition, record: encodeRecord(batchOf(coinId)) })),
        NOW,
      );
      // The first member loses partitions to the third while it is restoring, and does not notice.
      const restored = Promise.withResolvers<void>();
      onTestFinished(() => restored.resolve());
      let changes = 0;
      const first = join({
        onAssigned: async () => {
          changes += 1;
          if (changes === 2) await restored.promise;
        },
      });
      const { last } = await readOf(first, PARTITIONS);
      join({});
      await until(() => changes === 2);
      let assigned: readonly string[] = [];
      const third = join({
        async onAssigned(partitions) {
          if (assigned.length > 0 || partitions.length === 0) return;
          assigned = partitions.map(({ partition }) => `coin-${partition}`);
          await first.commit(last);
        },
      });
      await until(() => assigned.length > 0);
      const { coins } = await readOf(third, assigned.length);
      expect([...coins].toSorted()).toEqual(assigned.toSorted());
      const [group] = await clients.admin.listConsumerGroupOffsets({ groups: [{ groupId: 'rules' }] });
      const committed = (group?.topics[0]?.partitions ?? []).filter(
        ({ committedOffset }) => committedOffset === 1n,
      );
      expect(
        committed.filter(({ partitionIndex }) => assigned.includes(`coin-${partitionIndex}`)),
      ).not.toEqual([]);
      restored.resolve();
    });

    it('get the state as of the newest record, even if it was saved by a process that had lost the partition', async () => {
      await ensureTopic(clients, 'states', { partitions: 1, replicas: 1, retentionMs: null }, systemClock);
      const states = createRuleStatesTopic(clients, 'states', silentLog);
      const save = (coinId: string, generation: number, offset: number, mark: string) =>
        states.save(0, generation, [{ coinId, offset, state: { ...NO_STATE, rules: { mark } } }], NOW);
      await save('ahead', 1, 500, 'expected');
      await save('ahead', 2, 400, 'older record');
      await save('behind', 2, 500, 'expected');
      await save('behind', 1, 400, 'older record');
      await save('equal', 2, 400, 'expected');
      await save('equal', 1, 400, 'lower generation');
      const read = await states.read(0);
      expect(read.map(({ coinId, offset, state }) => [coinId, offset, state.rules.mark])).toEqual([
        ['ahead', 500, 'expected'],
        ['behind', 500, 'expected'],
        ['equal', 400, 'expected'],
      ]);
    });
  },
);
