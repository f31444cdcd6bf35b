import type { PoolClient } from 'pg';

/** The progress through a table. */
export type Progress = { readonly pages: number; readonly pagesDone: number };

/** The next pages of 8 kB, from `from` to before `to`, of `all` pages. */
export type Pages = { readonly all: number; readonly from: number; readonly to: number };

/** The first tuple of the first page, and of the page after the last. */
export const boundsOf = ({ from, to }: Pages): string[] => [`(${from},0)`, `(${to},0)`];

/** Reads from the table `moving` which pages of a relation are next; null when there are none. */
export async function nextPages(
  client: PoolClient,
  relation: string,
  pages: number,
  lock: '' | 'for update',
): Promise<Pages | null> {
  const { rows } = await client.query<{ pages: string; pages_done: string }>(
    `select pages, pages_done from moving where relation = $1 ${lock}`,
    [relation],
  );
  const [row] = rows;
  if (row === undefined) return null;
  const [all, from] = [Number(row.pages), Number(row.pages_done)];
  // The number of pages does not grow: rows that were added later need not be processed.
  return from >= all ? null : { all, from, to: Math.min(all, from + pages) };
}

/** Records, in the transaction that has processed them, that pages are done. */
export async function notePagesDone(client: PoolClient, relation: string, { to }: Pages): Promise<void> {
  await client.query('update moving set pages_done = $2 where relation = $1', [relation, to]);
}
