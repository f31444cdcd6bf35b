import type { PoolClient } from 'pg';
import type { HistoryStore } from '../../sources/backfill/backfill.ts';
import { readCoverage } from './read-coverage.ts';
import { saveHistory } from './save-history.ts';

export type HistoryStoreParts = {
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  /** Runs work in a transaction of its own; throws while the database is away. */
  readonly run: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;
};

/** Candles that providers made, in the database beside those that were measured. */
export function createHistoryStore({ whenReady, run }: HistoryStoreParts): HistoryStore {
  return {
    whenReady,
    coverage: (query) => run((client) => readCoverage(client, query)),
    save: (answer) => run((client) => saveHistory(client, answer)),
  };
}
