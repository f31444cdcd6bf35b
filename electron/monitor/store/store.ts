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
 * Ticks, candles and alerts in PostgreSQL. What is in the log reaches the database exactly once, however often the program is
 * killed and however long the database is away.
 */
export type Store = {
  /** Brings the database up in the background. What is appended to the log before waits for it. */
  start(): void;
  /** Has what is in the log written now, as far as the database answers within `timeoutMs`. */
  flush(timeoutMs: number): Promise<void>;
  /** Of all that is in the log. Throws `DatabaseUnavailable` while the database is away. */
  candles(query: CandleQuery): Promise<CandleSeries>;
  /**
   * What is known of a coin's prices in a range, as finely as it is known; see `readPastCandles`. Throws `DatabaseUnavailable` while
   * the database is away.
   */
  pastCandles(range: PastRange): Promise<readonly PastCandle[]>;
  /** The ticks of a coin in a range, null where there are none. Throws `DatabaseUnavailable` while the database is away. */
  prices(query: PriceQuery): Promise<StoredPrices | null>;
  /** The newest stored tick of each source of the coins. Throws `DatabaseUnavailable` while the database is away. */
  newestTicks(query: NewestTickQuery): Promise<readonly NewestTick[]>;
  /** Notes that another connection of this program has changed the database: what is read from now on has the change. */
  changedElsewhere(): void;
  /** What the rules have raised since an instant. While the database is away, of the newest alerts that are kept locally. */
  ruleActivity(since: number): Promise<readonly RuleActivity[]>;
  /** Newest first. While the database is away, the newest that are kept locally. */
  alerts(query: AlertQuery): Promise<readonly Alert[]>;
  /** The marks of candles, oldest first. While the database is away, of the newest alerts that are kept locally. */
  alertMarks(range: AlertRange): Promise<readonly AlertMark[]>;
  /** The settings of retention have changed: what is due now is archived. */
  retentionChanged(): void;
  /** Candles of providers for the times that were not measured; `candles` serves both. */
  readonly history: HistoryStore;
  /** Flushes, then closes everything. */
  stop(timeoutMs: number): Promise<void>;
};
