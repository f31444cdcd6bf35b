import type { PastCandle } from '../../../shared/domain/past-candle.ts';
import { type Message, message } from '../../../shared/messages/message.ts';
import { MessageError } from '../../../shared/messages/message-error.ts';
import { firstIndexFrom, type PriceSeries, seriesOfCandles } from './price-series.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * More than this before the first price, windows are filled with hours instead of minutes: a window that long samples a price an
 * hour.
 */
const MINUTES_BACK_MS = 31 * DAY_MS;
/** A smaller share is not worth a note. */
const NOTED_SHARE = 0.05;

export type PastRange = {
  readonly coinId: string;
  readonly vsCurrency: string;
  readonly from: number;
  /** Not included. */
  readonly to: number;
  /** The finest interval needed; a minute if absent. */
  readonly finest?: '1h';
};

/** Candles of a range that do not overlap, oldest first, each at the finest known interval. */
export type ReadPastCandles = (range: PastRange) => Promise<readonly PastCandle[]>;

/**
 * Candles only of prices that the program received itself: backfilled history did not exist as live prices at that time. For
 * rules that can fire without a new price.
 */
export function ownCandles(read: ReadPastCandles): ReadPastCandles {
  return async (range) => (await read(range)).filter(({ tickCount }) => tickCount > 0);
}

/** No prices are stored for a coin in a range. */
export class NoPrices extends MessageError {
  constructor(what: 'ticks' | 'candles', { coinId, vsCurrency, from, to }: PastRange) {
    const [start, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
    super(message('backtest.no-prices', { what, coinId, vsCurrency, from: start, to: end }));
    this.name = 'NoPrices';
  }
}

/** Prices of a range as a series, with their limitations. */
export type PastPrices = { readonly series: PriceSeries; readonly notes: readonly Message[] };

/**
 * Reads the prices of a range and of the preceding time that a rule looks back on.
 *
 * @param lookBackMs may be infinite
 * @throws NoPrices when there are none in the range
 */
export async function readPastPrices(
  read: ReadPastCandles,
  range: PastRange,
  lookBackMs: number,
): Promise<PastPrices> {
  const { coinId, vsCurrency, from, to } = range;
  const candles = await readCandlesBack(read, range, lookBackMs);
  const own = candles.filter((candle) => candle.start + candle.lengthMs > from);
  if (own.length === 0) throw new NoPrices('candles', range);
  return {
    series: seriesOfCandles({ coinId, vsCurrency, source: 'candles' }, candles, from),
    notes: [
      ...noteOfLength(own, coinId, from, to),
      ...noteOfMemory(candles[0]?.start, coinId, from, lookBackMs),
      ...noteOfCoarseness(own, coinId),
    ],
  };
}

/** Ticks of one source as columns, oldest first. */
export type TickColumns = Pick<PriceSeries, 'source' | 'sources' | 'times' | 'prices' | 'amounts'>;

/** Ticks of at most this long before a range are read; the rest of a window before them is filled with candles. */
const TICKS_BACK_MS = 4 * HOUR_MS;

/**
 * Like `readPastPrices`, from ticks. The look-back of a rule uses ticks as far back as a running program would replay them, and
 * candles before that.
 *
 * @throws NoPrices when there are no ticks in the range
 */
export async function readPastTicks(
  read: ReadPastCandles,
  readTicks: (range: { readonly from: number; readonly to: number }) => Promise<TickColumns | null>,
  range: PastRange,
  lookBackMs: number,
): Promise<PastPrices> {
  const { coinId, vsCurrency, from, to } = range;
  const ticksFrom = from - Math.min(lookBackMs, TICKS_BACK_MS);
  const ticks = await readTicks({ from: ticksFrom, to });
  const warmUp = ticks === null ? 0 : firstIndexFrom(ticks, from);
  if (ticks === null || warmUp === ticks.times.length) throw new NoPrices('ticks', range);
  const own = { coinId, vsCurrency, ...ticks, warmUp };
  const notesOf = ({ times }: PriceSeries): Message[] => noteOfMemory(times[0], coinId, from, lookBackMs);
  if (lookBackMs <= TICKS_BACK_MS) return { series: own, notes: notesOf(own) };
  const until = { ...range, from: ticksFrom, to: ticks.times[0] ?? ticksFrom };
  const candles = await readCandlesBack(read, until, lookBackMs - TICKS_BACK_MS);
  // Candles do not distinguish sources: a rule that compares sources starts with the ticks.
  if (own.sources !== undefined) return { series: own, notes: notesOf(own) };
  const before = seriesOfCandles(
    own,
    candles.filter(({ start, lengthMs }) => start + lengthMs <= until.to),
  );
  const series = {
    ...own,
    times: joined(before.times, own.times),
    prices: joined(before.prices, own.prices),
    amounts: joined(before.amounts, own.amounts),
    warmUp: before.times.length + warmUp,
  };
  return { series, notes: notesOf(series) };
}

function joined(
  first: Float64Array<ArrayBuffer>,
  second: Float64Array<ArrayBuffer>,
): Float64Array<ArrayBuffer> {
  const both = new Float64Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

/** Candles of a range and of the preceding time that a rule looks back on. */
async function readCandlesBack(
  read: ReadPastCandles,
  range: PastRange,
  lookBackMs: number,
): Promise<readonly PastCandle[]> {
  const start = Math.max(0, range.from - lookBackMs);
  const minutesFrom = Math.max(start, range.from - MINUTES_BACK_MS);
  const old = start < minutesFrom ? await read({ ...range, from: start, to: minutesFrom, finest: '1h' }) : [];
  return [...old, ...(await read({ ...range, from: minutesFrom }))];
}

function noteOfLength(own: readonly PastCandle[], coinId: string, from: number, to: number): Message[] {
  const first = Math.max(from, own[0]?.start ?? to);
  if (first - from < NOTED_SHARE * (to - from)) return [];
  return [
    message('backtest.short-history', {
      coinId,
      days: (to - first) / DAY_MS,
      wantedDays: (to - from) / DAY_MS,
    }),
  ];
}

function noteOfMemory(
  first: number | undefined,
  coinId: string,
  from: number,
  lookBackMs: number,
): Message[] {
  const known = Math.max(0, from - (first ?? from));
  if (!Number.isFinite(lookBackMs) || lookBackMs - known < Math.max(HOUR_MS, NOTED_SHARE * lookBackMs))
    return [];
  return [
    message('backtest.short-memory', { coinId, days: known / DAY_MS, neededDays: lookBackMs / DAY_MS }),
  ];
}

function noteOfCoarseness(own: readonly PastCandle[], coinId: string): Message[] {
  const lengthOf = (candles: readonly PastCandle[]): number =>
    candles.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const coarse = own.filter(({ lengthMs }) => lengthMs > MINUTE_MS);
  const share = lengthOf(coarse) / lengthOf(own);
  if (share < NOTED_SHARE) return [];
  const longest = coarse.reduce((most, { lengthMs }) => Math.max(most, lengthMs), 0);
  return [
    message('backtest.coarse', {
      coinId,
      sharePct: Math.round(share * 100),
      minutes: longest / MINUTE_MS,
    }),
  ];
}
