import type { Alert } from '../../../shared/domain/alert.ts';
import type { AlertMark } from '../../../shared/domain/alert-mark.ts';
import type { AlertQuery, AlertRange } from '../../../shared/domain/alert-query.ts';
import type { CandleSeries } from '../../../shared/domain/candle-series.ts';
import type { PastCandle } from '../../../shared/domain/past-candle.ts';
import type { RuleActivity } from '../../../shared/domain/rule-view.ts';
import type { HistoryStore } from '../history/history-store.ts';
import type { CandleQuery } from './reads/queries.ts';
import type { NewestTick, NewestTickQuery } from './reads/read-newest-ticks.ts';
import type { PastRange } from './reads/read-past-candles.ts';
import type { PriceQuery, StoredPrices } from './reads/read-prices.ts';

/**
 * Ticks, candles and alerts in PostgreSQL. Records of the log are written to the database exactly once, however often the program
 * is killed and however long the database is unavailable.
 */
export type Store = {
  /** Starts or connects the database in the background. Records that are appended before it is ready wait in the log. */
  start(): void;
  /** Writes the waiting records of the log, as far as the database accepts them within `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Reads candles that include all records of the log. Throws `DatabaseUnavailable` while the database is unavailable. */
  candles(query: CandleQuery): Promise<CandleSeries>;
  /**
   * Reads the finest stored candles of a coin in a range; see `readPastCandles`. Throws `DatabaseUnavailable` while the database
   * is unavailable.
   */
  pastCandles(range: PastRange): Promise<readonly PastCandle[]>;
  /**
   * Reads the ticks of a coin in a range; null when there are none. Throws `DatabaseUnavailable` while the database is
   * unavailable.
   */
  prices(query: PriceQuery): Promise<StoredPrices | null>;
  /** Reads the newest stored tick of each source of the coins. Throws `DatabaseUnavailable` while the database is unavailable. */
  newestTicks(query: NewestTickQuery): Promise<readonly NewestTick[]>;
  /** Notes that another connection of this program has changed the database, so that later reads include the change. */
  changedElsewhere(): void;
  /**
   * Counts the alerts of each rule since an instant. While the database is unavailable, only locally stored alerts are counted.
   */
  ruleActivity(since: number): Promise<readonly RuleActivity[]>;
  /** Reads alerts, newest first. While the database is unavailable, only the newest ones, which are stored locally. */
  alerts(query: AlertQuery): Promise<readonly Alert[]>;
  /** Reads the alert marks of candles, oldest first. While the database is unavailable, only those of locally stored alerts. */
  alertMarks(range: AlertRange): Promise<readonly AlertMark[]>;
  /** Call when the retention settings have changed: months that are now due are archived. */
  retentionChanged(): void;
  /** Candles of providers for times that were not measured; `candles` returns both. */
  readonly history: HistoryStore;
  /** Flushes, then closes everything. */
  stop(timeoutMs: number): Promise<void>;
};
