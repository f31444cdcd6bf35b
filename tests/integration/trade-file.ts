import { createSeededRandom } from './seeded-random.ts';

/** A trade of a file. */
export type FileTrade = {
  readonly id: number;
  readonly at: number;
  readonly price: string;
  readonly amount: string;
};

/** Near the end of a month, so that the trades belong to two partitions. */
export const FILE_START = Date.UTC(2025, 10, 30, 20);

/**
 * Trades like those of an exchange: several a second, and occasionally an order that causes up to forty trades within a millisecond,
 * some of which are equal.
 */
export function* tradesOfFile(count: number, seed: number): Generator<FileTrade> {
  const random = createSeededRandom(seed);
  let at = FILE_START;
  let price = 90_000;
  for (let id = 1_000; id < 1_000 + count; ) {
    at += random.next() < 0.1 ? random.whole(1_000, 20_000) : random.whole(1, 400);
    price = Math.max(1, price + (random.next() - 0.5) * 20);
    const together = random.next() < 0.2 ? random.whole(2, 40) : 1;
    for (let trade = 0; trade < together && id < 1_000 + count; trade++) {
      const level = price + Math.floor(trade / 5) * 0.01;
      yield { id: id++, at, price: level.toFixed(2), amount: (random.whole(1, 50) / 10_000).toFixed(8) };
    }
  }
}

/** The lines of a file of Binance's trades: many out of order, and some repeated. */
export function* binanceLines(count: number, seed: number): Generator<string> {
  const random = createSeededRandom(seed + 1);
  /** Lines to write, from which random ones are taken. */
  const waiting: string[] = [];
  const takeRandom = (): string => waiting.splice(random.whole(0, waiting.length - 1), 1)[0] ?? '';
  for (const { id, at, price, amount } of tradesOfFile(count, seed)) {
    const value = (Number(price) * Number(amount)).toFixed(8);
    waiting.push(`${id},${price},${amount},${value},${at},${id % 2 === 0 ? 'True' : 'False'},True`);
    if (waiting.length < 2_000) continue;
    const line = takeRandom();
    yield line;
    if (random.next() < 0.05) yield line;
    if (random.next() < 0.01) waiting.push(line);
  }
  while (waiting.length > 0) yield takeRandom();
}
