import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { cpuSince, processesOf } from './processes.ts';
import { type BenchResult, median } from './result.ts';
import { polls, trades, type Workload } from './tick-workloads.ts';
import { openTreeStorage, treeDatabaseUrl } from './tree-storage.ts';
import { createYardstick, prepareCopyIntoYardstick } from './yardstick.ts';

const WORKLOADS: readonly Workload[] = [polls(10_000), polls(60_000), trades];
const ROUNDS = 5;
/** The program accepts fetches without waiting for the disk, and appends up to this many to the log together. */
const FETCHES_TOGETHER = 100;
/** Longer than any round. */
const FLUSH_MS = 60_000;

/** The cost of an operation: milliseconds of elapsed time and of CPU time. */
type Cost = { readonly wall: number; readonly postgres: number; readonly node: number };
type Round = { readonly whole: Cost; readonly copy: Cost; readonly rows: number };
type Measured = {
  readonly rounds: readonly Round[];
  /** Bytes on disk for each tick, index included, without any maintenance after the writes. */
  readonly bytesPerTick: number;
};

/**
 * Rows per second from the acceptance of a tick to its commit (synced to the log, copied, folded into candles of minutes,
 * hours and days), compared with a binary COPY alone of the same rows, encoded and sorted beforehand, into the
 * first version of the table. Both alternate on a fresh embedded server of the measured tree; the results are medians.
 */
export async function benchIngest(): Promise<readonly BenchResult[]> {
  const results: BenchResult[] = [];
  for (const workload of WORKLOADS) {
    const { rounds, bytesPerTick } = await measure(workload);
    const name = `ingest, ${workload.name}`;
    const ratioTo = 'COPY into the first table';
    results.push({
      name,
      value: median(rounds.map(({ whole, rows }) => (rows * 1_000) / whole.wall)),
      unit: 'rows/s',
      ratio: median(rounds.map(({ whole, copy }) => copy.wall / whole.wall)),
      ratioTo,
    });
    results.push({
      name: `${name}, ticks on disk`,
      value: bytesPerTick,
      unit: 'MB/M',
      ratio: bytesPerTick / workload.maxMegabytes,
      ratioTo: `${workload.maxMegabytes} MB/M`,
    });
    // Processor time, because elapsed time is not reliable on a shared machine.
    const sum = (of: (round: Round) => number): number => rounds.reduce((all, round) => all + of(round), 0);
    if (process.platform !== 'linux') continue;
    const rows = sum((round) => round.rows);
    const postgres = sum(({ whole }) => whole.postgres);
    const node = sum(({ whole }) => whole.node);
    const copy = sum((round) => round.copy.postgres);
    results.push(
      {
        name: `${name}, CPU of PostgreSQL`,
        value: (postgres * 1_000) / rows,
        unit: 'ms/1000 rows',
        ratio: copy / postgres,
        ratioTo,
      },
      {
        name: `${name}, CPU of Node`,
        value: (node * 1_000) / rows,
        unit: 'ms/1000 rows',
        ratio: copy / node,
        ratioTo,
      },
    );
  }
  return results;
}

async function measure(workload: Workload): Promise<Measured> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-ingest-'));
  let changed = Promise.withResolvers<void>();
  const storage = await openTreeStorage({ dataDir, onChange: () => changed.resolve() });
  storage.start();
  const untilEmpty = async (): Promise<void> => {
    for (;;) {
      const state = storage.databaseState();
      if (state.status === 'refused' || state.status === 'down') throw new Error(JSON.stringify(state));
      if (state.status === 'ready') return storage.flush(FLUSH_MS);
      changed = Promise.withResolvers();
      await changed.promise;
    }
  };

  try {
    await untilEmpty();
    const client = new Client(await treeDatabaseUrl(dataDir));
    await client.connect();
    await createYardstick(client);
    const rounds: Round[] = [];
    // The first round is a warm-up.
    for (let round = 0; round <= ROUNDS; round++) {
      const fetches = workload.fetches(round);
      const ticks = fetches.flat();
      // Otherwise the garbage from creating the ticks would be collected while they are written.
      globalThis.gc?.();
      const whole = await costOf(dataDir, async () => {
        for (let next = 0; next < fetches.length; next += FETCHES_TOGETHER) {
          const waiting = fetches.slice(next, next + FETCHES_TOGETHER);
          await Promise.all(waiting.map((one) => storage.accept({ ticks: one, alerts: [] })));
        }
        await untilEmpty();
      });
      const copyInto = prepareCopyIntoYardstick(client, ticks);
      const copy = await costOf(dataDir, copyInto);
      if (round > 0) rounds.push({ whole, copy, rows: ticks.length });
    }
    const bytesPerTick = await readBytesPerTick(client);
    await client.end();
    return { rounds, bytesPerTick };
  } finally {
    await storage.stop(10_000);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Of `series_ticks`, or of `ticks` in earlier commits. */
async function readBytesPerTick(client: Client): Promise<number> {
  const { rows: found } = await client.query<{ has_series: boolean }>(
    `select to_regclass('series_ticks') is not null as has_series`,
  );
  const table = found[0]?.has_series ? 'series_ticks' : 'ticks';
  const { rows } = await client.query<{ bytes: number }>(`
    select
      (
        select coalesce(sum(pg_total_relation_size(relid)), pg_total_relation_size('${table}'))
        from pg_partition_tree('${table}')
      )::float8 / (select count(*) from ${table}) as bytes`);
  return rows[0]?.bytes ?? Number.NaN;
}

/** The cost of `work` in this process and in the server of the data folder. */
async function costOf(dataDir: string, work: () => Promise<unknown>): Promise<Cost> {
  const servers = (): ReturnType<typeof processesOf> =>
    process.platform === 'linux' ? processesOf(-1, dataDir) : [];
  const [before, nodeBefore, startedAt] = [servers(), process.cpuUsage(), performance.now()];
  await work();
  const [wall, node] = [performance.now() - startedAt, process.cpuUsage(nodeBefore)];
  return { wall, postgres: cpuSince(before, servers()), node: (node.user + node.system) / 1_000 };
}

if (import.meta.main) {
  for (const { name, value, unit, ratio, ratioTo } of await benchIngest()) {
    process.stdout.write(`${name}: ${Math.round(value)} ${unit}, ${ratio.toFixed(2)} × ${ratioTo}\n`);
  }
}
