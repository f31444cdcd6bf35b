import { averageTrueRange } from './average-true-range.ts';
import { bollingerBands } from './bollinger-bands.ts';
import { exponentialAverage } from './exponential-average.ts';
import { keltnerChannel } from './keltner-channel.ts';
import { macd } from './macd.ts';
import { movingAverage } from './moving-average.ts';
import { onBalanceVolume } from './on-balance-volume.ts';
import { realizedVolatility } from './realized-volatility.ts';
import { relativeStrength } from './relative-strength.ts';
import { ruleBand } from './rule-band.ts';
import type { Study } from './study.ts';
import { vwap } from './vwap.ts';

/** Every study that a chart can have, in the order of the menu. */
export const STUDIES: readonly Study[] = [
  movingAverage,
  exponentialAverage,
  vwap,
  bollingerBands,
  keltnerChannel,
  ruleBand,
  relativeStrength,
  macd,
  averageTrueRange,
  onBalanceVolume,
  realizedVolatility,
];

export const studyById = (id: string): Study | undefined => STUDIES.find((study) => study.id === id);
