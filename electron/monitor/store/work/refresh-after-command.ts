import type { Logger } from '../../logging/logger.ts';
import { refreshDailyView } from '../connection/refresh-daily-view.ts';
import type { RunInDatabase } from './with-provider.ts';

/**
 * Refreshes `ohlcv_daily` after a command that has written candles. The program does so after its own writes, but may not be
 * running.
 */
export async function refreshAfterCommand(run: RunInDatabase, log: Logger): Promise<void> {
  try {
    await refreshDailyView(run);
  } catch (error) {
    log.warn({ err: error }, 'ohlcv_daily was not refreshed; the next start of the program does it');
  }
}
