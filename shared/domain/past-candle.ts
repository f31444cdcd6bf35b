import type { Candle } from './candle.ts';

/** A candle of the past, of whatever length is known. Its volume is what was traded, in units of the coin. */
export type PastCandle = Candle & { readonly lengthMs: number };
