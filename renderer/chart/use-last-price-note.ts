import { useSyncExternalStore } from 'react';
import { intervalLengthMs } from '../../shared/domain/interval.ts';
import { useMonitor } from '../api/monitor-context.ts';
import { useMonitorTime } from '../api/use-monitor-time.ts';
import { useSnapshot } from '../api/use-snapshot.ts';
import { useSelected } from '../observable/use-observable.ts';
import { oldAfterMs, outageOf } from '../quotes/freshness.ts';
import { calendarOf, type Zone } from './model/candle-time.ts';
import type { ChartCore } from './model/chart-core.ts';
import { countdown } from './model/countdown.ts';
import type { SeriesKey } from './model/series-key.ts';

const DAY_MS = 86_400_000;

/** The note below the last price: the time until its candle closes or, if the price is stale, the time of the price. */
export function useLastPriceNote(
  core: ChartCore,
  { coinId, interval }: SeriesKey,
  zone: Zone,
): { readonly note: string | null; readonly isStale: boolean } {
  const { connection } = useMonitor();
  const connected = useSyncExternalStore(connection.subscribe, connection.get);
  const feed = useSnapshot(({ status }) => status.feed);
  const pollSeconds = useSnapshot((snapshot) => snapshot.pollSeconds) ?? 60;
  const observedAt =
    useSnapshot(({ quotes }) => quotes.find((quote) => quote.coinId === coinId)?.observedAt) ?? null;
  const start = useSelected(core.live, (live) => live?.start ?? null);
  const isOut = outageOf(connected, feed) !== null;
  const isOld = useMonitorTime((now) => observedAt !== null && now - observedAt > oldAfterMs(pollSeconds));
  const isStale = isOut || isOld;
  const note = useMonitorTime((now) => {
    const calendar = calendarOf('1m', zone);
    if (isStale && observedAt !== null) {
      return now - observedAt < DAY_MS
        ? calendar.formatTime(observedAt)
        : calendar.formatDay(observedAt, now);
    }
    if (start === null || isStale) return null;
    const length = intervalLengthMs(interval);
    // After the close, it is 0:00 until the first price of the next candle arrives.
    return now < start + length || observedAt !== null ? countdown(start, length, now) : null;
  });
  return { note, isStale };
}
