import fc from 'fast-check';
import type { Client, PoolClient } from 'pg';
import { describe, expect, it } from 'vitest';
import { type FoldFinding, verifyFolds } from '../../electron/monitor/store/verify/verify-folds.ts';
import { runCli } from '../program.ts';
import { runs } from '../property-runs.ts';
import { makeDatabaseAsOf } from './database-as-of.ts';
import { killsOr, printCounts } from './kills.ts';
import { runAndKill } from './run-and-kill.ts';
import { createSeededRandom } from './seeded-random.ts';
import { databaseUrlOf, openTestStorage, queryEmbedded, withClient, withDataDir } from './storage-fixture.ts';
import { LOAD_COINS } from './storage-load-batch.ts';

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * 1_440 * MINUTE_MS;
/** A Monday. */
const START = Date.UTC(2026, 0, 5);
const RANGE = { from: START + 3 * WEEK_MS, to: START + 4 * WEEK_MS };

/** In seconds, shortest first. */
const LENGTHS = [60, 300, 900, 3_600, 14_400, 86_400, 604_800] as const;

type Prices = { readonly open: number; readonly high: number; readonly low: number; readonly close: number };
type StoredCandle = Prices & {
  readonly source: string;
  readonly seconds: number;
  /** In milliseconds since the epoch. */
  readonly start: number;
  readonly volume: number | null;
  readonly kind: 'traded' | 'rolling-24h';
};
type Fold = {
  readonly filled: number;
  readonly prices: Prices | null;
  readonly volume: number | null;
  readonly kind: 'traded' | 'rolling-24h';
};

const keyOf = (source: string, seconds: number, start: number): string => `${source} ${seconds} ${start}`;

/** The fold of one bucket by its definition, from all candles within it. */
function foldByDefinition(
  candles: ReadonlyMap<string, StoredCandle>,
  source: string,
  seconds: number,
  start: number,
): Fold | null {
  const own = candles.get(keyOf(source, seconds, start));
  const ownPrices = own === undefined || (own.kind === 'traded' && own.volume === 0) ? null : pricesOf(own);
  const finer = LENGTHS[LENGTHS.findIndex((each) => each >= seconds) - 1];
  if (finer === undefined)
    return own === undefined
      ? null
      : { filled: seconds, prices: ownPrices, volume: own.volume, kind: own.kind };
  const parts: { readonly at: number; readonly fold: Fold }[] = [];
  for (let at = start; at < start + seconds * 1_000; at += finer * 1_000) {
    const fold = foldByDefinition(candles, source, finer, at);
    if (fold !== null) parts.push({ at, fold });
  }
  if (own === undefined && parts.length === 0) return null;
  const prices = parts.flatMap(({ fold }) => fold.prices ?? []);
  const haveTraded = parts.some(({ fold }) => fold.kind === 'traded');
  const last = parts.find(({ at }) => at === start + (seconds - finer) * 1_000);
  const sum = parts.every(({ fold }) => fold.kind === 'traded' && fold.volume !== null)
    ? parts.reduce((total, { fold }) => total + (fold.volume ?? 0), 0)
    : null;
  const volume = (): number | null => {
    if (own?.kind === 'traded') return own.volume;
    if (haveTraded) return own === undefined ? sum : null;
    return own?.volume ?? last?.fold.volume ?? null;
  };
  const all = ownPrices === null ? prices : [ownPrices, ...prices];
  return {
    filled: own === undefined ? parts.reduce((total, { fold }) => total + fold.filled, 0) : seconds,
    prices:
      all.length === 0
        ? null
        : {
            open: (ownPrices ?? prices[0])?.open ?? Number.NaN,
            high: Math.max(...all.map(({ high }) => high)),
            low: Math.min(...all.map(({ low }) => low)),
            close: (ownPrices ?? prices.at(-1))?.close ?? Number.NaN,
          },
    volume: volume(),
    kind: own?.kind === 'traded' || haveTraded ? 'traded' : 'rolling-24h',
  };
}

function pricesOf({ open, high, low, close }: Prices): Prices {
  return { open, high, low, close };
}

/** All folds of these candles by key. */
function foldsByDefinition(candles: ReadonlyMap<string, StoredCandle>): ReadonlyMap<string, Fold> {
  const folds = new Map<string, Fold>();
  for (const { source, seconds: own, start } of candles.values())
    for (const seconds of LENGTHS) {
      if (seconds === 60 || seconds < own) continue;
      const lengthMs = seconds * 1_000;
      const bucket = START + Math.floor((start - START) / lengthMs) * lengthMs;
      const key = keyOf(source, seconds, bucket);
      const fold = folds.has(key) ? null : foldByDefinition(candles, source, seconds, bucket);
      if (fold !== null) folds.set(key, fold);
    }
  return folds;
}

async function storedFolds(client: Client, coinId: string): Promise<ReadonlyMap<string, Fold>> {
  const { rows } = await client.query(
    `select source, level_seconds, bucket, filled_seconds, open, high, low, close, volume, volume_kind
     from history_folds where coin_id = $1`,
    [coinId],
  );
  return new Map(
    rows.map((row) => [
      keyOf(row.source, row.level_seconds, row.bucket.getTime()),
      {
        filled: row.filled_seconds,
        prices: row.open === null ? null : pricesOf(row),
        volume: row.volume,
        kind: row.volume_kind,
      },
    ]),
  );
}

function expectSameFolds(stored: ReadonlyMap<string, Fold>, expected: ReadonlyMap<string, Fold>): void {
  // The last bits of a sum depend on the order of addition.
  const rounded = (folds: ReadonlyMap<string, Fold>) =>
    [...folds]
      .map(([key, fold]) => [key, { ...fold, volume: fold.volume && Number(fold.volume.toPrecision(9)) }])
      .sort();
  expect(rounded(stored)).toEqual(rounded(expected));
}

async function insert(client: Client, coinId: string, candles: readonly StoredCandle[]): Promise<void> {
  await client.query(
    `insert into history_candles (
       coin_id, vs_currency, resolution_seconds, bucket, source, open, high, low, close, volume, volume_kind
     )
     select $1, 'usd', seconds, to_timestamp(start / 1000), source, open, high, low, close, volume, kind
     from jsonb_to_recordset($2::jsonb) as given (
       seconds integer, start double precision, source text, open double precision, high double precision,
       low double precision, close double precision, volume double precision, kind text
     )`,
    [coinId, JSON.stringify(candles)],
  );
}

/** Candles of all lengths in a few hours at both ends of a week, so that many contain one another. */
const someCandles = fc
  .array(
    fc.record({
      source: fc.constantFrom('kraken', 'import'),
      seconds: fc.constantFrom(...LENGTHS),
      minute: fc.oneof(
        fc.integer({ min: 0, max: 70 }),
        fc.integer({ min: 0, max: 600 }),
        fc.integer({ min: 9_950, max: 10_079 }),
      ),
      open: fc.integer({ min: 50, max: 60 }),
      high: fc.integer({ min: 60, max: 90 }),
      low: fc.integer({ min: 10, max: 50 }),
      close: fc.integer({ min: 50, max: 60 }),
      volume: fc.oneof(
        fc.constant(null),
        fc.constant(0),
        fc.integer({ min: 1, max: 1_000 }).map((n) => n / 7),
      ),
      kind: fc.constantFrom('traded', 'rolling-24h' as const),
    }),
    { minLength: 1, maxLength: 120, size: 'max' },
  )
  .map((given) => {
    const candles = new Map<string, StoredCandle>();
    for (const { minute, ...rest } of given) {
      const lengthMs = rest.seconds * 1_000;
      const start = RANGE.from + Math.floor((minute * MINUTE_MS) / lengthMs) * lengthMs;
      candles.set(keyOf(rest.source, rest.seconds, start), { ...rest, start });
    }
    return candles;
  });

/** Runs transactions on one connection, as `Database.run` does on several. */
const runOn =
  (client: Client) =>
  async <T>(work: (own: PoolClient) => Promise<T>): Promise<T> => {
    await client.query('begin');
    try {
      const result = await work(client as unknown as PoolClient);
      await client.query('commit');
      return result;
    } catch (error) {
      await client.query('rollback');
      throw error;
    }
  };

async function verify(client: Client, repairs: boolean): Promise<readonly FoldFinding[]> {
  const findings: FoldFinding[] = [];
  await verifyFolds({
    from: RANGE.from + WEEK_MS / 2,
    to: RANGE.from + WEEK_MS / 2 + MINUTE_MS,
    repairs,
    run: runOn(client),
    onFinding: (finding) => void findings.push(finding),
  });
  return findings;
}

const INTERVAL_SECONDS = { '5m': 300, '15m': 900, '1h': 3_600, '4h': 14_400, '1d': 86_400, '1w': 604_800 };
const foundKeys = (findings: readonly FoldFinding[]): readonly string[] =>
  findings
    .map(
      ({ source, interval, start, fault }) => `${keyOf(source, INTERVAL_SECONDS[interval], start)} ${fault}`,
    )
    .sort();

/** Deletes or changes folds, depending on their position, and adds one without candles. Returns the keys of all damaged folds. */
async function damage(client: Client, coinId: string, keys: readonly string[]): Promise<readonly string[]> {
  const damaged: string[] = [];
  for (const [index, key] of keys.entries()) {
    const [source, seconds, start] = key.split(' ');
    const found = [coinId, source, Number(seconds), new Date(Number(start)).toISOString()];
    const where = 'where coin_id = $1 and source = $2 and level_seconds = $3 and bucket = $4';
    if (index % 3 === 0) await client.query(`delete from history_folds ${where}`, found);
    else if (index % 3 === 1)
      await client.query(`update history_folds set high = 12345, filled_seconds = 1 ${where}`, found);
    else await client.query(`update history_folds set volume = coalesce(volume, 0) + 1 ${where}`, found);
    damaged.push(`${key} ${index % 3 === 0 ? 'missing' : 'different'}`);
  }
  const start = RANGE.from + WEEK_MS - 300_000;
  await client.query(
    `insert into history_folds (
       coin_id, vs_currency, level_seconds, bucket, source, filled_seconds, open, high, low, close, volume, volume_kind
     ) values ($1, 'usd', 300, $2, 'nobody', 300, 1, 1, 1, 1, null, 'traded')`,
    [coinId, new Date(start).toISOString()],
  );
  return [...damaged, `${keyOf('nobody', 300, start)} without-candles`].sort();
}

describe('folds of historical candles', () => {
  it('match the definition, and verify finds and repairs exactly those that do not', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      let run = 0;
      await withClient(await databaseUrlOf(dataDir), async (client) => {
        await fc.assert(
          fc.asyncProperty(
            someCandles,
            fc.array(fc.nat(), { maxLength: 12 }),
            fc.integer({ min: 2, max: 5 }),
            async (candles, picks, every) => {
              const coinId = `folded-${run++}`;
              await insert(client, coinId, [...candles.values()]);
              const expected = foldsByDefinition(candles);
              expectSameFolds(await storedFolds(client, coinId), expected);
              expect(await verify(client, false)).toEqual([]);

              const keys = [...expected.keys()];
              const chosen = [...new Set(picks.map((pick) => keys[pick % keys.length] ?? ''))];
              const damaged = await damage(client, coinId, chosen);
              expect(foundKeys(await verify(client, false))).toEqual(damaged);
              expect(foundKeys(await verify(client, true))).toEqual(damaged);
              expect(await verify(client, false)).toEqual([]);
              expectSameFolds(await storedFolds(client, coinId), expected);

              // Candles are changed without the triggers.
              const left = new Map([...candles].filter((_, index) => index % every !== 0));
              const gone = [...candles.keys()].filter((key) => !left.has(key)).map((key) => key.split(' '));
              await client.query('alter table history_candles disable trigger user');
              for (const [source, seconds, start] of gone)
                await client.query(
                  `delete from history_candles
                   where coin_id = $1 and source = $2 and resolution_seconds = $3 and bucket = $4`,
                  [coinId, source, Number(seconds), new Date(Number(start)).toISOString()],
                );
              await client.query('alter table history_candles enable trigger user');
              await verify(client, true);
              expectSameFolds(await storedFolds(client, coinId), foldsByDefinition(left));

              await client.query('delete from history_candles where coin_id = $1', [coinId]);
              expect((await storedFolds(client, coinId)).size).toBe(0);
            },
          ),
          runs(30),
        );
      });
      await storage.stop(10_000);
    }));

  it('are checked and repaired by the command verify in the weeks of a range', () =>
    withDataDir(async (dataDir) => {
      const storage = openTestStorage(dataDir);
      await storage.untilReady();
      const request = { coinId: 'bitcoin', vsCurrency: 'usd', source: 'kraken', ...RANGE };
      const candles = [0, 1, 500].map((minute) => ({
        start: RANGE.from + minute * MINUTE_MS,
        open: 1,
        high: 2,
        low: 1,
        close: 2,
        volume: 3,
      }));
      await storage.history.save({
        request: { ...request, interval: '1m' },
        volumeKind: 'traded',
        candles,
        covered: [RANGE],
        found: true,
      });
      const day = (days: number): string =>
        new Date(RANGE.from + (days * WEEK_MS) / 7).toISOString().slice(0, 10);
      const command = ['verify', '--from', day(2), '--to', day(3)];
      const env = { MONITOR_DATA_DIR: dataDir };
      const sound = await runCli(command, env);
      expect(sound).toMatchObject({ code: 0, stderr: '' });
      expect(sound.stdout).toBe(
        '0 candles: 0 missing, 0 different, 0 without ticks, which are kept.\n' +
          '10 folded candles of providers and imports: 0 missing, 0 different, 0 without candles.\n',
      );
      const stored = () =>
        queryEmbedded(dataDir, 'select * from history_folds order by level_seconds, bucket, source');
      const before = await stored();

      await queryEmbedded(
        dataDir,
        `delete from history_folds where level_seconds = 86400;
         update history_folds set close = 9 where level_seconds = 604800;
         insert into history_folds
           select coin_id, vs_currency, level_seconds, bucket + interval '1 hour', source, filled_seconds, open, high, low, close, volume, volume_kind
           from history_folds where level_seconds = 300 limit 1`,
      );
      const found = await runCli(command, env);
      expect(found.code).toBe(1);
      const monday = new Date(RANGE.from).toISOString();
      expect(found.stdout).toContain(`${monday} 1d of history bitcoin usd kraken: missing\n`);
      expect(found.stdout).toContain(`${monday} 1w of history bitcoin usd kraken: different (close)\n`);
      expect(found.stdout).toMatch(/ 5m of history bitcoin usd kraken: without-candles\n/);
      expect(found.stderr).toContain(
        '3 folded candles differ from the candles of their sources. Run it again with --repair to correct them.',
      );
      const repaired = await runCli([...command, '--repair'], env);
      expect(repaired).toMatchObject({ code: 0, stderr: '' });
      expect(repaired.stdout).toContain('1 missing, 1 different, 1 without candles; recomputed.');
      expect(await stored()).toEqual(before);
      expect(await runCli(command, env)).toMatchObject({ code: 0, stdout: sound.stdout });

      // The writer may not repair folds; the message says who may.
      await withClient(await databaseUrlOf(dataDir), async (client) => {
        await client.query('delete from history_folds where level_seconds = 300');
        await client.query('create role looking; grant select on history_candles, history_folds to looking');
        await client.query('set role looking');
        await expect(verify(client, true)).rejects.toThrow('only by the owner of the tables');
        expect(await verify(client, false)).toHaveLength(2);
      });
      await storage.stop(10_000);
    }));
});

/** Imported minutes of one source from before folds existed; they are folded in eight or nine steps. */
const MINUTES = 60_000;
const IMPORTED = `
  insert into history_candles
  select 'bitcoin', 'usd', 60, '2025-01-06T00:00:00Z'::timestamptz + minute * interval '1 minute', 'import',
    100 + minute % 7, 110 + minute % 11, 90 - minute % 13, 100 + minute % 5, minute % 10, 'traded'
  from generate_series(0, ${MINUTES - 1}) as minute`;
const KILLS = killsOr(3);

describe('a database of the version before historical candles were folded', () => {
  it('is folded in steps whose progress is shown, and continues after each kill', { timeout: 600_000 }, () =>
    withDataDir(async (dataDir) => {
      await makeDatabaseAsOf(dataDir, 11, IMPORTED);
      const random = createSeededRandom(5);
      let [kills, accepted, pagesDone] = [0, 0, 0];
      while (kills < KILLS) {
        const last = await runAndKill('fold-load.ts', [dataDir, String(accepted)], random.whole(1, 2));
        accepted += 1;
        if (last === 'done') break;
        expect(last).toMatch(/^The historical candles of an earlier version are folded for charts: \d+%\./);
        kills += 1;
        // The progress that was shown is stored; the server outlives the program.
        const [row] = await queryEmbedded<{ pages_done: string }>(dataDir, 'select pages_done from moving');
        if (row === undefined) break;
        expect(Number(row.pages_done)).toBeGreaterThan(pagesDone);
        pagesDone = Number(row.pages_done);
      }
      expect(kills).toBeGreaterThanOrEqual(Math.min(3, KILLS));
      if (KILLS <= 3) expect(pagesDone).toBeGreaterThan(0);
      const storage = openTestStorage(dataDir);
      await storage.untilWritten();
      expect(await queryEmbedded(dataDir, 'select relation from moving')).toEqual([]);
      expect(await queryEmbedded(dataDir, 'select count(*)::integer as count from ticks')).toEqual([
        { count: accepted * LOAD_COINS },
      ]);
      const findings: FoldFinding[] = [];
      const range = { from: Date.UTC(2025, 0, 6), to: Date.UTC(2025, 2, 31) };
      await withClient(await databaseUrlOf(dataDir), async (client) => {
        const count = await verifyFolds({
          ...range,
          repairs: false,
          run: runOn(client),
          onFinding: (finding) => void findings.push(finding),
        });
        const lengths = LENGTHS.slice(1).map((seconds) => Math.ceil((MINUTES * 60) / seconds));
        expect(count).toBe(lengths.reduce((sum, each) => sum + each, 0));
      });
      expect(findings).toEqual([]);
      await storage.stop(10_000);
      printCounts({ 'folding of a schema with migrations': 11, kills, candles: MINUTES });
    }),
  );
});
