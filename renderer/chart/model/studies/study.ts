import type { Candle } from '../../../../shared/domain/candle.ts';
import { type Message, message } from '../../../../shared/messages/message.ts';
import type { StudyLine } from '../study-series.ts';

/** A number that people choose for a study. */
export type StudyParam = {
  readonly name: string;
  readonly label: Message;
  readonly initial: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
};

export type StudyParams = Readonly<Record<string, number>>;

/**
 * A study on its way through candles, oldest first. Both functions write the value of each line into `out`, NaN where there is
 * none yet.
 */
export type Calculation = {
  /** Takes a closed candle. */
  push(candle: Candle, out: number[]): void;
  /** What `push` would write for this candle; it may come again with another close. */
  preview(candle: Candle, out: number[]): void;
};

/** An indicator: a new one is a file that exports such a thing, and a line in `studies.ts`. */
export type Study = {
  readonly id: string;
  readonly name: Message;
  /** `price`, or the id of its own pane. */
  readonly pane: string;
  readonly params: readonly StudyParam[];
  readonly lines: readonly StudyLine[];
  readonly fixedDomain: readonly [number, number] | null;
  readonly levels: readonly number[];
  /** Whether it means something only where candles know what was traded within them. */
  readonly needsTradedVolume: boolean;
  readonly start: (params: StudyParams, intervalMs: number) => Calculation;
};

/** A parameter that counts candles. */
export const periodParam = (
  initial: number,
  name = 'period',
  label = message('study-param.period'),
): StudyParam => ({
  name,
  label,
  initial,
  min: 2,
  max: 500,
  step: 1,
});

/** A parameter's value, or its initial one where none was chosen. */
export function paramOf(params: StudyParams, { name, initial }: StudyParam): number {
  return params[name] ?? initial;
}
