import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { silentLog } from '../electron/monitor/logging/logger.ts';
import { openStorage, type Storage } from '../electron/monitor/storage-fixture.ts';
import { embeddedConnectionUrl } from '../electron/monitor/store/postgres/embedded-url.ts';
import { encodeTicks } from '../electron/monitor/store/writer/copy-ticks.ts';
import { systemClock } from '../electron/monitor/time/clock.ts';
import type { Tick } from '../shared/domain/tick.ts';
import { text } from '../shared/messages/message.ts';
import { type BenchResult, median } from './result.ts';

const COINS = 500;
const FETCHES_PER_ROUND = 200;
const ROWS_PER_ROUND = COINS * FETCHES_PER_ROUND;
const ROUNDS = 5;
/** As often as a user may ask for prices with a key. */
const POLL_MS = 10_000;
const START = Date.UTC(2026, 0, 1);
/** Longer than any round takes. */
const FLUSH_MS = 60_000;

type CopyFormat = 'text' | 'binary';
/** Rows per second of one round. */
type Round = Readonly<Record<'whole' | CopyFormat, number>>;

/**
 * Rows per second of the whole way of a tick (accepted and synced to the journal, queued, copied, folded into minute and
 * hour candles, committed), and of nothing but COPY of the same rows, encoded beforehand, into an identically indexed
 * table of the same server, in both of COPY's formats. In turns, on a fresh embedded server; the median counts.
 */
export async function benchIngest(): Promise<readonly BenchResult[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-ingest-'));
  let changed = Promise.withResolvers<void>();
  const storage: Storage = openStorage({
    dataDir,
    databaseUrl: '',
    clock: systemClock,
    log: silentLog,
    onChange: () => changed.resolve(),
  });
  storage.start();
  const untilEmpty = async (): Promise<void> => {
    for (;;) {
      const state = storage.databaseState();
      if (state.status === 'refused' || state.status === 'down') throw new Error(text(state.error));
      if (state.status === 'ready') return storage.flush(FLUSH_MS);
      changed = Promise.withResolvers();
      await changed.promise;
    }
  };

  try {
    await untilEmpty();
    const client = new Client(await embeddedConnectionUrl(dataDir));
    await client.connect();
    await client.query('create table copy_text (like ticks including all)');
    await client.query('create table copy_binary (like ticks including all)');

    const rounds: Round[] = [];
    // The first round warms up and does not count.
    for (let round = 0; round <= ROUNDS; round++) {
      const fetches = fetchesOfRound(round);
      const whole = await rowsPerSecond(async () => {
        for (const ticks of fetches) await storage.accept({ ticks, alerts: [] });
        await untilEmpty();
      });
      const ticks = fetches.flat();
      const binary = await copyRate(client, 'binary', encodeTicks(ticks));
      const text = await copyRate(client, 'text', Buffer.from(textRows(ticks)));
      if (round > 0) rounds.push({ whole, binary, text });
    }
    await client.end();

    const result = { name: 'ingest', value: median(rounds.map(({ whole }) => whole)), unit: 'rows/s' };
    const ratioTo = (format: CopyFormat): number =>
      median(rounds.map((round) => round.whole / round[format]));
    return [
      { ...result, ratio: ratioTo('text'), ratioTo: 'COPY (text)' },
      { ...result, ratio: ratioTo('binary'), ratioTo: 'COPY (binary)' },
    ];
  } finally {
    await storage.stop(10_000);
    rmSync(dataDir, { recursive: true, force: true });
  }
}

function fetchesOfRound(round: number): Tick[][] {
  return Array.from({ length: FETCHES_PER_ROUND }, (_, fetch) =>
    Array.from({ length: COINS }, (_, coin) => ({
      coinId: `some-coin-${coin}`,
      vsCurrency: 'usd',
      observedAt: START + (round * FETCHES_PER_ROUND + fetch) * POLL_MS + (coin % 1_000),
      price: 100 + coin + Math.sin(fetch + coin) * 3.123456789,
      volume24h: 1e9 + coin * 12_345.678 + fetch,
      amount: null,
      marketCap: 5e10 + coin * 98_765.432 + fetch,
      change24hPct: 1.25,
      source: 'coingecko',
    })),
  );
}

function textRows(ticks: readonly Tick[]): string {
  return ticks
    .map((tick) =>
      [
        tick.coinId,
        tick.vsCurrency,
        new Date(tick.observedAt).toISOString(),
        tick.price,
        tick.volume24h,
        tick.marketCap,
        tick.source,
        tick.amount ?? '\\N',
      ].join('\t'),
    )
    .join('\n')
    .concat('\n');
}

async function copyRate(client: Client, format: CopyFormat, encoded: Buffer): Promise<number> {
  return rowsPerSecond(
    () =>
      new Promise((resolve, reject) => {
        const stream = client.query(copyFrom(`copy copy_${format} from stdin with (format ${format})`));
        stream.once('finish', resolve);
        stream.once('error', reject);
        stream.end(encoded);
      }),
  );
}

async function rowsPerSecond(work: () => Promise<void>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (ROWS_PER_ROUND * 1_000) / (performance.now() - startedAt);
}

if (import.meta.main) {
  for (const { name, value, unit, ratio, ratioTo } of await benchIngest()) {
    process.stdout.write(`${name}: ${Math.round(value)} ${unit}, ${ratio.toFixed(2)} × ${ratioTo}\n`);
  }
}
