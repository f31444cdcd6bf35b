import type { QueryConfig } from 'pg';
import type { Database } from './database.ts';

/** `pg` supports `query_timeout` per query, but its types have it only per connection. */
const REFRESH: QueryConfig & { readonly query_timeout: number } = {
  text: 'select refresh_ohlcv_daily()',
  query_timeout: 86_400_000,
};

/** Refreshes `ohlcv_daily`. Throws the server's error, including when the user has no privilege to refresh it. */
export async function refreshDailyView(run: Database['run']): Promise<void> {
  // No timeout: the refresh takes longer over the years, and nothing waits for it.
  await run((client) => client.query(REFRESH), 0);
}
