import { join } from 'node:path';
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { runInWorker } from '../electron/monitor/backtest/run-in-worker.ts';
import { monthsBetween } from '../electron/monitor/store/partitions/partition-month.ts';
import { makePartition, PARTITIONED_TABLES } from '../electron/monitor/store/partitions/partitioned-table.ts';
import { readPrices } from '../electron/monitor/store/reads/read-prices.ts';
import { type Rule, ruleOf } from '../shared/domain/rule.ts';
import { withOwnDatabase } from './own-database.ts';
import { type BenchResult, median } from './result.ts';
import { buildTree, TREE } from './tree.ts';

const START = Date.UTC(2026, 0, 1);
const SECOND_MS = 1_000;
const TICKS = 1_000_000;
const ROUNDS = 3;
const MICROSECONDS = 1_000_000;
/** The built worker, as in the program: stripping the types of the sources takes longer than half a million ticks of a rule. */
const WORKER = join(TREE, 'out/main/backtest-worker.js');
const RANGE = {
  coinId: 'bitcoin',
  vsCurrency: 'usd',
  source: 'kraken',
  from: START,
  to: START + TICKS * SECOND_MS,
};

const RULES = [
  { kind: 'moving-average', params: { thresholdPct: 2, windowMinutes: 5 } },
  { kind: 'change', params: { changePct: 5, withinMinutes: 60 } },
  { kind: 'high-low', params: { hours: 720 } },
  { kind: 'unusual-move', params: {} },
].map((rule) => ruleOf({ id: rule.kind, ...rule }));

/**
 * Ticks a second of a backtest, from the database through the worker to its result, for rules of several kinds. The figures are per
 * second of processor time of all threads of this process, because others may be using the machine. The ratios compare elapsed
 * time, which includes the server's share, with a COPY of the same rows out of PostgreSQL.
 */
export async function benchBacktest(): Promise<readonly BenchResult[]> {
  buildTree();
  return withOwnDatabase(({ client }) => measure(client));
}

async function measure(client: Client): Promise<readonly BenchResult[]> {
  await fill(client);
  const subjects = [
    { name: 'COPY TO STDOUT', work: () => copyOut(client) },
    { name: 'reading', work: () => readPrices(client, RANGE) },
    ...RULES.map((rule) => ({ name: rule.kind, work: () => backtestOf(client, rule) })),
  ].map((subject) => ({ ...subject, wallMs: [] as number[], processorMs: [] as number[] }));
  // Alternately, so that a slow moment of the machine does not affect only one of them.
  for (let round = 0; round < ROUNDS; round++) {
    for (const { work, wallMs, processorMs } of subjects) {
      const [startedAt, before] = [performance.now(), process.cpuUsage()];
      await work();
      const { user, system } = process.cpuUsage(before);
      wallMs.push(performance.now() - startedAt);
      processorMs.push(((user + system) / MICROSECONDS) * SECOND_MS);
    }
  }
  const copyMs = median(subjects[0]?.wallMs ?? []);
  return subjects.map(({ name, wallMs, processorMs }) => ({
    name: `backtest, ${name}`,
    value: (TICKS / median(processorMs)) * SECOND_MS,
    unit: 'ticks/s',
    ratio: copyMs / median(wallMs),
    ratioTo: 'as quick as COPY TO STDOUT',
  }));
}

async function backtestOf(client: Client, rule: Rule): Promise<void> {
  const columns = await readPrices(client, RANGE);
  if (columns?.times.length !== TICKS) throw new Error('Not all ticks were read.');
  const series = { ...RANGE, ...columns, warmUp: 0 };
  const job = { rule, series, missedPct: 2, checks: 0 };
  const { summary } = await runInWorker('backtest', job, undefined, WORKER);
  if (summary.prices !== TICKS) throw new Error('Not all ticks were run.');
}

/** Has the server send the rows by COPY, and discards them. */
async function copyOut(client: Client): Promise<void> {
  const stream = client.query(
    copyTo(`
      copy (
        select observed_at, price, amount from series_ticks
        where series_id = (select id from series where coin_id = 'bitcoin') order by observed_at
      ) to stdout`),
  );
  for await (const _chunk of stream);
}

/** One price a second that wanders within 1%: rules fire rarely, as during most of a real day. */
async function fill(client: Client): Promise<void> {
  for (const month of monthsBetween(START, RANGE.to)) {
    for (const table of PARTITIONED_TABLES) {
      await client.query('begin');
      await makePartition(client, table, month);
      await client.query('commit');
    }
  }
  await client.query(`insert into series (coin_id, vs_currency, source) values ('bitcoin', 'usd', 'kraken')`);
  await client.query(`
    insert into series_ticks (observed_at, series_id, price, amount)
    select
      timestamptz '${new Date(START).toISOString()}' + second * interval '1 second', series.id,
      100 + sin(second / 5000.0) + random() / 10, random()
    from generate_series(0, ${TICKS - 1}) as second, series
    order by second`);
  await client.query('vacuum analyze series_ticks');
}
