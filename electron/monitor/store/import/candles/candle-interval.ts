import {
  HISTORY_INTERVALS,
  type HistoryInterval,
  type Interval,
  intervalLengthMs,
} from '../../../../../shared/domain/interval.ts';
import { message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import type { StagedCandles } from './staged-candles.ts';

/** The minimum share of candles that must start at a multiple of the interval. */
const MIN_ALIGNED_SHARE = 0.99;

/**
 * Returns the length of the candles: the given one, or the most frequent distance between consecutive candles.
 *
 * @param count the number of candles
 * @throws MessageError for a length that cannot be stored, or when it cannot be determined
 */
export function candleInterval(
  staged: Pick<StagedCandles, 'distances' | 'alignedTo'>,
  count: number,
  stated: Interval | undefined,
): HistoryInterval {
  if (stated !== undefined) return storedInterval(intervalLengthMs(stated), stated);
  const [most] = staged.distances();
  if (most === undefined) throw new MessageError(message('import.no-interval'));
  const interval = storedInterval(most.lengthMs, lengthText(most.lengthMs));
  if (staged.alignedTo(most.lengthMs) < count * MIN_ALIGNED_SHARE)
    throw new MessageError(message('import.unclear-interval', { interval }));
  return interval;
}

function storedInterval(lengthMs: number, text: string): HistoryInterval {
  const found = HISTORY_INTERVALS.find((interval) => intervalLengthMs(interval) === lengthMs);
  if (found !== undefined) return found;
  throw new MessageError(message('import.other-interval', { interval: text, stored: HISTORY_INTERVALS }));
}

function lengthText(lengthMs: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const;
  const [unit, length] = units.find(([, unitMs]) => lengthMs % unitMs === 0) ?? ['s', 1_000];
  return `${lengthMs / length}${unit}`;
}
