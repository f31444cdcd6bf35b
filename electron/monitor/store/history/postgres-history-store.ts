import type { PoolClient } from 'pg';
import type { HistoryStore } from '../../history/history-store.ts';
import { readCoverage } from './read-coverage.ts';
import { saveHistory } from './save-history.ts';

export type HistoryStoreParts = {
  readonly whenReady: (signal: AbortSignal) => Promise<void>;
  /** Runs work in a transaction; throws while the database is unavailable. */
  readonly run: <T>(work: (client: PoolClient) => Promise<T>) => Promise<T>;
};

/** Stores candles of providers in the database, in tables separate from those of the program's own candles. */
export function createHistoryStore({ whenReady, run }: HistoryStoreParts): HistoryStore {
  return {
    whenReady,
    coverage: (query) => run((client) => readCoverage(client, query)),
    save: (result) => run((client) => saveHistory(client, result)),
  };
}
