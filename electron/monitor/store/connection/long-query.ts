import type { QueryConfig } from 'pg';

const DAY_MS = 86_400_000;

/** `pg` supports `query_timeout` per query, but its types have it only per connection. */
export type LongQuery = QueryConfig & { readonly query_timeout: number };

/**
 * A query that reads or sorts a whole partition. Connections give up a query after a minute and a half without a response
 * (`open-pool.ts`), even if the transaction has no statement timeout.
 */
export const longQuery = (text: string): LongQuery => ({ text, query_timeout: DAY_MS });
