import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type BenchResult, median } from './result.ts';

const TICKS = 2_000_000;
const ROUNDS = 7;
const MINUTE_MS = 60_000;

export type MemorySubject = {
  readonly kind: 'engine' | 'ring';
  readonly lengthMs: number;
  readonly isUneven: boolean;
};

/** What a process reports when its windows are full, and after each measurement. */
export type MemoryReport = {
  readonly rate: number;
  readonly bytesPerCoin: number;
  readonly checksum: number;
};

/**
 * The engine's memory of prices, a pool of blocks, compared with a ring buffer in a typed array for each coin: prices a second of a
 * thousand windows, and the memory of each. Measured with a price a second of each coin, and with nine of ten polled once a minute.
 */
export async function benchPriceMemory(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const minutes of [5, 1_440]) {
    for (const isUneven of [false, true]) {
      const name = `price memory, ${minutes} min${isUneven ? ', uneven' : ''}`;
      const [engine, ring] = await measure({ lengthMs: minutes * MINUTE_MS, isUneven });
      results.push(
        {
          name,
          value: median(engine.rates),
          unit: 'ticks/s',
          ratio: median(engine.rates.map((rate, round) => rate / (ring.rates[round] ?? Number.NaN))),
          ratioTo: 'a plain ring',
        },
        {
          name: `${name}, of a coin`,
          value: engine.bytesPerCoin / 1_000,
          unit: 'kB/coin',
          ratio: engine.bytesPerCoin / ring.bytesPerCoin,
          ratioTo: 'a plain ring',
        },
      );
    }
  }
  return results;
}

type Measured = { readonly rates: readonly number[]; readonly bytesPerCoin: number };

async function measure(workload: Omit<MemorySubject, 'kind'>): Promise<readonly [Measured, Measured]> {
  const [engine, ring] = [await start('engine', workload), await start('ring', workload)];
  // The two alternate; the first round warms up.
  for (let round = 0; round <= ROUNDS; round++) {
    const [one, other] = [await engine.measure(round > 0), await ring.measure(round > 0)];
    if (Math.abs(one.checksum / other.checksum - 1) > 1e-9)
      throw new Error('The two do not remember the same prices.');
  }
  for (const { end } of [engine, ring]) end();
  return [engine, ring];
}

async function start(kind: MemorySubject['kind'], workload: Omit<MemorySubject, 'kind'>) {
  const subject: MemorySubject = { kind, ...workload };
  const child = fork(join(import.meta.dirname, 'price-memory-process.ts'), [JSON.stringify(subject)], {
    execArgv: ['--expose-gc'],
  });
  const exited = once(child, 'exit').then(() => {
    throw new Error('The process of a price memory has ended.');
  });
  exited.catch(() => undefined);
  const nextReport = async (): Promise<MemoryReport> =>
    ((await Promise.race([once(child, 'message'), exited])) as [MemoryReport])[0];
  const { bytesPerCoin } = await nextReport();
  const rates: number[] = [];
  return {
    rates,
    bytesPerCoin,
    async measure(counts: boolean): Promise<MemoryReport> {
      child.send(TICKS);
      const report = await nextReport();
      if (counts) rates.push(report.rate);
      return report;
    },
    end: () => void child.kill(),
  };
}
