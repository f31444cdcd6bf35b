import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tick } from '../../../../shared/domain/tick.ts';
import { tickAt } from '../../alerts/rules/market-fixture.ts';
import type { LogBatch } from '../tick-log.ts';
import { recordsOf } from './batch-topic.ts';
import { decodeRecord, isCopy } from './kafka-record.ts';
import { partitionOf } from './partition-of.ts';

const NOON = Date.UTC(2026, 0, 5, 12);
const COINS = ['bitcoin', 'ethereum', 'zcash', 'solana', 'monero', 'dai'];

const batches = fc.array(fc.array(fc.constantFrom(...COINS), { minLength: 1, maxLength: 12 }), {
  minLength: 1,
  maxLength: 8,
});

/** Batches of ticks of these coins, a second apart. */
function batchesOf(coins: readonly (readonly string[])[]): readonly LogBatch[] {
  let at = NOON;
  return coins.map((ofBatch) => ({
    ticks: ofBatch.map((coinId) => {
      at += 1_000;
      return tickAt(at, at % 997, { coinId });
    }),
    alerts: [],
  }));
}

/** The ticks of each partition in their order, those of copies apart. */
function readAll(all: readonly LogBatch[], partitions: number, copiedCoin: string | null) {
  const own: Tick[][] = Array.from({ length: partitions }, () => []);
  const seen: Tick[][] = Array.from({ length: partitions }, () => []);
  for (const batch of all) {
    for (const { partition, record } of recordsOf(batch, partitions, copiedCoin)) {
      const fetched = {
        offset: 0,
        timestamp: NOON,
        key: record.key ?? '',
        value: Buffer.from(record.value),
        headers: new Map(Object.entries(record.headers)),
      };
      const { ticks } = decodeRecord(fetched);
      seen[partition]?.push(...ticks);
      if (!isCopy(fetched)) own[partition]?.push(...ticks);
    }
  }
  return { own, seen };
}

describe('the records of batches', () => {
  it('have each tick once, in the partition of its coin, in the order of its coin', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 5 }), fc.boolean(), (coins, partitions, isCopying) => {
        const all = batchesOf(coins);
        const { own } = readAll(all, partitions, isCopying ? 'bitcoin' : null);
        const ticks = all.flatMap((batch) => batch.ticks);
        for (const coinId of COINS)
          expect(own[partitionOf(coinId, partitions)]?.filter((tick) => tick.coinId === coinId)).toEqual(
            ticks.filter((tick) => tick.coinId === coinId),
          );
        expect(own.flat()).toHaveLength(ticks.length);
      }),
    );
  });

  it('have the ticks of the copied coin at the same place in each partition, before others of their batch', () => {
    fc.assert(
      fc.property(batches, fc.integer({ min: 1, max: 5 }), (coins, partitions) => {
        const all = batchesOf(coins);
        const { seen } = readAll(all, partitions, 'bitcoin');
        const inOrder = all.flatMap(({ ticks }) => [
          ...ticks.filter(({ coinId }) => coinId === 'bitcoin'),
          ...ticks.filter(({ coinId }) => coinId !== 'bitcoin'),
        ]);
        for (const [partition, ticks] of seen.entries())
          expect(ticks).toEqual(
            inOrder.filter(
              ({ coinId }) => coinId === 'bitcoin' || partitionOf(coinId, partitions) === partition,
            ),
          );
      }),
    );
  });
});
