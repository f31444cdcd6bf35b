import fc from 'fast-check';
import type { Pool, PoolClient } from 'pg';
import { describe, expect, it } from 'vitest';
import type { LogBatch } from '../../electron/monitor/log/tick-log.ts';
import { createTransact } from '../../electron/monitor/store/connection/transaction.ts';
import { createTickWriter, type TickWriter } from '../../electron/monitor/store/writer/tick-writer.ts';
import type { RunTransaction } from '../../electron/monitor/store/writer/write-turns.ts';
import type { Interval } from '../../shared/domain/interval.ts';
import type { Tick } from '../../shared/domain/tick.ts';
import { databaseClient, databasePool } from '../database-client.ts';
import { runs } from '../property-runs.ts';
import { candlesByDefinition, databaseUrlOf, openTestStorage, tick, withDataDir } from './storage-fixture.ts';

const START = Date.UTC(2026, 0, 1);
/** Two days, in which every candle begins or ends within a batch. */
const STEPS = 200;
const STEP_MS = 700_000;
const FAR = START + STEPS * STEP_MS * 2;
const INTERVALS: readonly Interval[] = ['1m', '5m', '1h', '1d'];

/** A fault of a transaction: the connection is lost before its nth query, or after its commit. */
type Fault = number | 'committed' | null;

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 9 }) },
  { weight: 1, arbitrary: fc.constant('committed' as const) },
);
/** Times of ticks: close together, so that batches share ticks and candles. */
const batch = fc.tuple(
  fc.integer({ min: 0, max: STEPS }),
  fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 25 }),
);

describe('batches that are written at the same time', () => {
  it('count every tick once in exact candles, whichever of them fails, and if the program is killed in between', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      const connectionString = await databaseUrlOf(dataDir);
      const pool = databasePool({ connectionString, max: 6 });
      // Not from the pool, whose connections are ended.
      const observer = databaseClient(connectionString);
      await observer.connect();
      const end = async (client: PoolClient): Promise<void> => {
        await observer.query('select pg_terminate_backend($1)', [processIdOf(client)]);
      };
      let run = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(batch, { minLength: 2, maxLength: 6 }),
          fc.array(fault, { maxLength: 20 }),
          async (given, faults) => {
            const coins = [`meeting-${run}`, `meeting-too-${run++}`];
            const batches = given.map(([from, steps]) => ({
              ticks: steps.map((step) => tickAt(coins[step % 2] ?? '', from + step)),
              alerts: [],
            }));
            // A program that was killed before it committed its cursor reads the log from the beginning again.
            const killed = openWriter(pool, [...faults], end);
            await Promise.allSettled(batches.map((each) => killed.write([each])));
            const writer = openWriter(pool, [...faults].reverse(), end);
            await Promise.all(pairs(batches).map((pair) => untilWritten(writer, pair)));

            const ticks = batches.flatMap((each) => each.ticks);
            for (const coinId of coins) {
              const own = ticks.filter((each) => each.coinId === coinId);
              for (const interval of INTERVALS) {
                const { candles } = await storage.candles({
                  coinId,
                  vsCurrency: 'usd',
                  interval,
                  limit: 1_000,
                  before: FAR,
                  volumeKind: 'traded',
                });
                expect(candles, `${interval} of ${coinId}`).toEqual(
                  candlesByDefinition(own, interval, 'traded'),
                );
              }
            }
          },
        ),
        runs(40),
      );
      const { rows } = await observer.query(
        `select count(*)::integer as open from pg_stat_activity where state like 'idle in transaction%'`,
      );
      expect(rows).toEqual([{ open: 0 }]);
      await observer.end();
      await pool.end();
      await storage.stop(10_000);
    }));
});

/** Ends the connection of a client on the server. */
type End = (client: PoolClient) => Promise<void>;

/** A writer whose transactions encounter these faults, in this order; later transactions have none. */
function openWriter(pool: Pool, faults: Fault[], end: End): TickWriter {
  const transact = createTransact(pool, new AbortController().signal);
  const run: RunTransaction = async (work) => {
    const own = faults.shift() ?? null;
    const result = await transact('begin', (client) => work(losing(client, end, own)));
    if (own === 'committed') throw new Error('the connection was lost after the commit');
    return result;
  };
  return createTickWriter({
    run,
    session: () => SESSION,
    partitions: { ensure: async () => undefined, forget: () => undefined },
    unmovedUntil: () => Number.NEGATIVE_INFINITY,
  });
}

const SESSION = { schema: 'public', user: '', version: 18, begin: () => 'begin' };

/** A client whose connection the server ends before the nth query. */
function losing(client: PoolClient, end: End, at: Fault): PoolClient {
  if (typeof at !== 'number') return client;
  let queries = 0;
  const query = (...args: unknown[]): unknown => {
    if (queries++ === at) void end(client);
    return Reflect.apply(client.query, client, args);
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : Reflect.get(target, name, target)),
  });
}

/** The id of the backend, which the types of `pg` omit. */
function processIdOf(client: PoolClient): number {
  return (client as unknown as { readonly processID: number }).processID;
}

/** Writes batches. All but the first are added while that one is copied, unless the copy fails. */
async function untilWritten(writer: TickWriter, batches: readonly LogBatch[]): Promise<void> {
  let written = batches.slice(0, 1);
  const growth = {
    async more() {
      const added = batches.slice(written.length, written.length + 1);
      written = [...written, ...added];
      return added;
    },
    end: () => undefined,
  };
  try {
    await writer.write(written, growth);
    if (written.length === batches.length) return;
  } catch {
    // The accepted batches and the others are written below.
  }
  for (;;) {
    try {
      return await writer.write(batches);
    } catch {
      // Ends, because the number of faults is limited.
    }
  }
}

function pairs<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / 2) }, (_, index) => all.slice(index * 2, index * 2 + 2));
}

/** A tick that its coin and time determine, with an amount whose sums are exact. */
function tickAt(coinId: string, step: number): Tick {
  return tick({
    coinId,
    observedAt: START + step * STEP_MS + (step % 7) * 20_000,
    price: 100 + ((step * 7_919) % 101),
    amount: step % 3 === 0 ? null : step % 5,
  });
}
