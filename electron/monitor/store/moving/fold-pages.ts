import type { PoolClient } from 'pg';
import { lockFolds } from '../history/lock-folds.ts';
import { boundsOf, nextPages, notePagesDone, type Progress } from './next-pages.ts';

const RELATION = 'history_folds';

/**
 * Folds the historical candles of the next pages of their table, and records the progress in the same transaction, so that after
 * a kill, folding continues where it stopped. Candles that were written since the migration were folded by the triggers.
 *
 * @returns null when there is nothing left to fold
 */
export async function foldPages(client: PoolClient, pages: number): Promise<Progress | null> {
  const next = await nextPages(client, RELATION, pages, 'for update');
  if (next === null) return null;
  await lockFolds(client);
  await client.query(FOLD, boundsOf(next));
  if (next.to < next.all) await notePagesDone(client, RELATION, next);
  else await client.query('delete from moving where relation = $1', [RELATION]);
  return { pages: next.all, pagesDone: next.to };
}

/** Whether candles of an earlier version have not been folded yet. */
export async function isFoldingLeft(client: PoolClient): Promise<boolean> {
  return (await nextPages(client, RELATION, 1, '')) !== null;
}

const FOLD = `
  select fold_history(
    array_agg(coin_id), array_agg(vs_currency), array_agg(source), array_agg(resolution_seconds), array_agg(bucket)
  )
  from history_candles
  where ctid >= $1::tid and ctid < $2::tid
  having count(*) > 0`;
