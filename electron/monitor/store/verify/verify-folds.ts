import type { PoolClient } from 'pg';
import { bucketStart } from '../../../../shared/domain/interval.ts';
import { message } from '../../../../shared/messages/message.ts';
import { MessageError } from '../../../../shared/messages/message-error.ts';
import { longQuery } from '../connection/long-query.ts';
import { isMissingRight } from '../connection/missing-rights.ts';
import { lockFolds } from '../history/lock-folds.ts';
import type { RunInDatabase } from '../work/with-provider.ts';
import { comparedRows } from './compared-rows.ts';
import type { Finding } from './finding.ts';
import { COMPUTED_FOLDS, FOLDED, type FoldedInterval, STORED_FOLDS } from './folds-of-candles.ts';

const WEEK_MS = 7 * 86_400_000;
/** Four weeks of a source are 40,000 minutes. */
const STRETCH_MS = 4 * WEEK_MS;

/** What is wrong with a fold of historical candles. Unlike a candle of ticks, one without candles is wrong, because it is only read. */
export type FoldFault = 'missing' | 'different' | 'without-candles';

export type FoldFinding = Finding<FoldedInterval, FoldFault>;

export type VerifyFoldsOptions = {
  readonly from: number;
  readonly to: number;
  /** Whether wrong folds are rewritten, which requires the rights of the tables' owner. */
  readonly repairs: boolean;
  readonly run: RunInDatabase;
  readonly onFinding: (finding: FoldFinding) => void;
};

/**
 * Folds the historical candles of whole weeks and compares the result with `history_folds`, coin by coin. While it does so for four weeks
 * of a coin, no other program changes folds.
 *
 * @returns the number of folds that are stored afterwards
 * @throws MessageError when folds are to be repaired by a user who is not the owner of the tables
 */
export async function verifyFolds(options: VerifyFoldsOptions): Promise<number> {
  const { from, to, run } = options;
  const [first, end] = [bucketStart(from, '1w'), bucketStart(to - 1, '1w') + WEEK_MS];
  const coins = await run(readCoins, 0);
  let count = 0;
  for (const coin of coins)
    for (let start = first; start < end; start += STRETCH_MS) {
      const stretch = { from: start, to: Math.min(end, start + STRETCH_MS) };
      count += await run((client) => verifyStretch(client, coin, stretch, options));
    }
  return count;
}

type Coin = { readonly coin_id: string; readonly vs_currency: string };

/** All coins with historical candles, or only folds of them. */
async function readCoins(client: PoolClient): Promise<readonly Coin[]> {
  const { rows } = await client.query<Coin>(
    longQuery(`
      select coin_id, vs_currency from history_candles
      union
      select coin_id, vs_currency from history_folds
      order by 1, 2`),
  );
  return rows;
}

type FaultRow = {
  readonly level_seconds: number;
  readonly source: string;
  readonly start_ms: number;
  readonly fault: FoldFault;
  readonly columns: readonly string[];
};

async function verifyStretch(
  client: PoolClient,
  { coin_id: coinId, vs_currency: vsCurrency }: Coin,
  stretch: { readonly from: number; readonly to: number },
  { repairs, onFinding }: VerifyFoldsOptions,
): Promise<number> {
  await lockFolds(client);
  const bounds = [
    coinId,
    vsCurrency,
    new Date(stretch.from).toISOString(),
    new Date(stretch.to).toISOString(),
  ];
  const { rows } = await client.query<FaultRow>(COMPARE, bounds);
  const intervals = new Map<number, FoldedInterval>(FOLDED);
  for (const { level_seconds, source, start_ms: start, fault, columns } of rows) {
    const interval = intervals.get(level_seconds);
    if (interval !== undefined) onFinding({ interval, start, coinId, vsCurrency, source, fault, columns });
  }
  if (repairs && rows.length > 0) await refold(client, coinId, vsCurrency, rows);
  const counted = await client.query<{ count: number }>(COUNT, bounds);
  return counted.rows[0]?.count ?? 0;
}

/** Folds these buckets again, shortest first, and those that contain them. A fold without candles is deleted. */
async function refold(
  client: PoolClient,
  coinId: string,
  vsCurrency: string,
  faults: readonly FaultRow[],
): Promise<void> {
  try {
    await client.query('select fold_history($1, $2, $3, $4, $5)', [
      faults.map(() => coinId),
      faults.map(() => vsCurrency),
      faults.map(({ source }) => source),
      faults.map(({ level_seconds }) => level_seconds),
      faults.map(({ start_ms }) => new Date(start_ms).toISOString()),
    ]);
  } catch (error) {
    if (!isMissingRight(error)) throw error;
    throw new MessageError(message('verify.not-owner', { said: error.message }), { cause: error });
  }
}

const COMPARE = `
  with ${COMPUTED_FOLDS},
  ${STORED_FOLDS},
  ${comparedRows({
    key: 'level_seconds, source, bucket',
    values: ['filled_seconds', 'open', 'high', 'low', 'close', 'volume', 'volume_kind'],
    sum: 'volume',
    onlyStored: 'without-candles' satisfies FoldFault,
  })}
  select level_seconds, source, extract(epoch from bucket)::double precision * 1000 as start_ms, fault, columns
  from compared
  order by bucket, level_seconds, source`;

const COUNT = `with ${STORED_FOLDS} select count(*)::integer as count from stored`;
