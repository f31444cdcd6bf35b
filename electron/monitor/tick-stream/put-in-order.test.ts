import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Message, verbatim } from '../../../shared/messages/message.ts';
import { type CoinRecord, coinRecords } from './coin-records.ts';
import { putInOrder } from './put-in-order.ts';

const record = (coinId: string, number: number): CoinRecord => ({
  coinId,
  data: Buffer.from(String(number)),
});

describe('putting records in order', () => {
  it('puts each record once and in the order of its coin, whichever of them are not accepted', () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 3 }), fc.nat(6), { maxKeys: 8 }),
        fc.infiniteStream(fc.constantFrom('accepted', 'accepted', 'rejected', 'none')),
        async (counts, fates) => {
          const byCoin = new Map(
            Object.entries(counts).map(([coinId, count]) => [
              coinId,
              Array.from({ length: count }, (_, number) => record(coinId, number)),
            ]),
          );
          const accepted = new Map<string, number[]>();
          const reasons: (Message | null)[] = [];
          await putInOrder(new Map([...byCoin].filter(([, records]) => records.length > 0)), {
            async put(records) {
              expect(new Set(records.map(({ coinId }) => coinId)).size).toBe(records.length);
              if (fates.next().value === 'none') throw new Error('away');
              return records.map(({ coinId, data }) => {
                if (fates.next().value !== 'accepted')
                  return { isAccepted: false, reason: verbatim('too much') };
                const own = accepted.get(coinId) ?? [];
                accepted.set(coinId, [...own, Number(Buffer.from(data).toString())]);
                return { isAccepted: true };
              });
            },
            onFailure: (reason) => void reasons.push(reason),
            backOff: async (failures) => expect(failures).toBeGreaterThan(0),
          });
          for (const [coinId, records] of byCoin)
            expect(accepted.get(coinId) ?? []).toEqual(records.map((_, number) => number));
          expect(reasons.at(-1) ?? null).toBeNull();
        },
      ),
    ));

  it('puts no more than a request may have', async () => {
    const large = Buffer.alloc(1_000_000);
    const byCoin = new Map(
      Array.from({ length: 1_200 }, (_, number) => [
        `coin-${number}`,
        [number < 20 ? { coinId: `coin-${number}`, data: large } : record(`coin-${number}`, 1)],
      ]),
    );
    const sizes: number[] = [];
    await putInOrder(byCoin, {
      async put(records) {
        expect(records.reduce((sum, { data }) => sum + data.length, 0)).toBeLessThan(5 * 1024 * 1024);
        sizes.push(records.length);
        return records.map(() => ({ isAccepted: true }));
      },
      onFailure: () => undefined,
      backOff: async () => undefined,
    });
    expect(Math.max(...sizes)).toBe(500);
    expect(sizes.reduce((sum, size) => sum + size)).toBe(1_200);
  });

  it('limits the ticks of a record so that each fits', () => {
    const tick = {
      coinId: 'bitcoin',
      vsCurrency: 'usd',
      price: 1.5,
      volume24h: 1.5,
      amount: 1.5,
      marketCap: 1.5,
      change24hPct: 1.5,
      source: 'kraken',
    };
    const ticks = Array.from({ length: 2_500 }, (_, observedAt) => ({ ...tick, observedAt }));
    const records = coinRecords([{ offset: 1, appendedAt: 0, ticks, alerts: [] }]).get('bitcoin') ?? [];
    const read = records.map(({ data }) => JSON.parse(Buffer.from(data).toString()) as { ticks: unknown[] });
    expect(read.map((each) => each.ticks.length)).toEqual([1_000, 1_000, 500]);
    expect(read.flatMap((each) => each.ticks)).toEqual(ticks);
    expect(Math.max(...records.map(({ data }) => data.length))).toBeLessThan(1_000_000);
  });
});
