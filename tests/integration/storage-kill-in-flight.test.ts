import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Client } from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { databaseClient } from '../database-client.ts';
import { until } from '../program.ts';
import { overlappingFetches } from './overlap-load-batch.ts';
import {
  candlesByDefinition,
  databaseUrlOf,
  openTestStorage,
  ownDatabase,
  queryEmbedded,
  withDataDir,
} from './storage-fixture.ts';

/** The key of an advisory lock that the test holds while the program writes. No other program uses it. */
const LOCK = 4_711_000_001;

/** Where the first of two transactions waits for the lock, and whether it is committed when it continues after the program was killed. */
const MOMENTS = [
  {
    moment: 'while it folds candles',
    trigger: `
      create trigger hold before insert on series_candles_1h for each statement execute function hold()`,
    isCommitted: false,
  },
  {
    moment: 'in its commit, which the server completes',
    trigger: `
      create constraint trigger hold after insert on alerts deferrable initially deferred
      for each row execute function hold()`,
    isCommitted: true,
  },
];

it.each(MOMENTS)(
  'loses and repeats nothing when it is killed with two transactions in flight, the first $moment',
  ({ trigger, isCommitted }) =>
    withDataDir(async (dataDir) => {
      // Creates the cluster.
      const before = openTestStorage(dataDir);
      await before.untilReady();
      await before.stop(10_000);

      const program = startLoad(dataDir);
      await program.until('ready');
      const url = await databaseUrlOf(dataDir);
      const holder = await holdTransactions(url, trigger);
      program.child.stdin?.write('go\n');
      await program.until('accepted');
      await until(async () => {
        const [open] = await queryEmbedded<{ waiting: number; copied: number }>(dataDir, OPEN_TRANSACTIONS);
        return open?.waiting === 1 && open.copied === 1;
      });
      program.child.kill('SIGKILL');
      await program.closed;
      await holder.end();
      // A backend notices the end of its client only after its current statement.
      await until(async () => {
        const [left] = await queryEmbedded<{ count: number }>(dataDir, BACKENDS);
        return left?.count === 0;
      });
      const [stored] = await queryEmbedded<{ count: number }>(
        dataDir,
        'select count(*)::integer as count from ticks',
      );
      expect((stored?.count ?? 0) > 0).toBe(isCommitted);

      const storage = openTestStorage(dataDir);
      await storage.untilWritten();
      const batches = overlappingFetches();
      const ticks = batches.flatMap((batch) => batch.ticks);
      const [counts] = await queryEmbedded<Record<string, number>>(
        dataDir,
        `select
           (select count(*) from ticks)::integer as ticks,
           (select sum(tick_count) from candles_1m)::integer as of_minutes,
           (select sum(tick_count) from candles_1h)::integer as of_hours,
           (select sum(tick_count) from series_candles_1d)::integer as of_days,
           (select count(*) from alerts)::integer as alerts`,
      );
      expect(counts).toEqual({
        ticks: ticks.length,
        of_minutes: ticks.length,
        of_hours: ticks.length,
        of_days: ticks.length,
        alerts: batches.length,
      });
      for (const interval of ['1m', '1h', '1d'] as const) {
        const query = { coinId: 'coin-7', vsCurrency: 'usd', interval, limit: 1_000 };
        const { candles } = await storage.candles({ ...query, before: Date.UTC(2027, 0, 1) });
        const own = ticks.filter(({ coinId }) => coinId === 'coin-7');
        expect(candles, interval).toEqual(candlesByDefinition(own, interval));
      }
      await storage.stop(10_000);
    }),
);

/** The number of the program's transactions that have written and wait for the lock, and of those that wait for the program. */
const OPEN_TRANSACTIONS = `
  select
    count(*) filter (where wait_event = 'advisory')::integer as waiting,
    count(*) filter (where state = 'idle in transaction')::integer as copied
  from pg_stat_activity
  where application_name = 'crypto-price-monitor' and backend_xid is not null and datname = current_database()`;

const BACKENDS = `
  select count(*)::integer as count from pg_stat_activity
  where application_name = 'crypto-price-monitor' and datname = current_database()`;

/** Takes the lock, for which the program's transactions then wait until this connection ends. */
async function holdTransactions(url: string, trigger: string): Promise<Client> {
  const client = databaseClient(url);
  onTestFinished(() => client.end());
  await client.connect();
  await client.query(`
    create function hold() returns trigger language plpgsql as $$
    begin
      perform pg_advisory_xact_lock_shared(${LOCK});
      return null;
    end $$`);
  await client.query(trigger);
  await client.query(`select pg_advisory_lock(${LOCK})`);
  return client;
}

type Load = {
  readonly child: ChildProcess;
  readonly closed: Promise<unknown>;
  /** Resolves when the program has printed this. */
  until(word: string): Promise<void>;
};

function startLoad(dataDir: string): Load {
  const program = join(import.meta.dirname, 'overlap-load.ts');
  const child = spawn(process.execPath, [program, dataDir, ownDatabase(dataDir) ?? ''], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let printed = '';
  let changed = Promise.withResolvers<void>();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    printed += chunk;
    changed.resolve();
    changed = Promise.withResolvers();
  });
  return {
    child,
    closed,
    async until(word) {
      while (!printed.includes(word)) {
        const isOver = await Promise.race([changed.promise, closed.then(() => true)]);
        if (isOver === true) throw new Error(`The program ended before it printed "${word}".`);
      }
    },
  };
}
