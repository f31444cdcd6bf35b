import type { Candle } from '../../../../shared/domain/candle.ts';
import { type Message, message } from '../../../../shared/messages/message.ts';
import type { StudyLine } from '../study-series.ts';

/** A parameter of a study that users can change. */
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
 * The state of a study after some candles, oldest first. Both functions write the value of each line into `out`; NaN if there is none
 * yet.
 */
export type Calculation = {
  /** Adds a closed candle. */
  push(candle: Candle, out: number[]): void;
  /** Writes what `push` would for this candle, without adding it, because its close may still change. */
  preview(candle: Candle, out: number[]): void;
};

/** An indicator. A new one is a file that exports a `Study`, and an entry in `studies.ts`. */
export type Study = {
  readonly id: string;
  readonly name: Message;
  /** `price`, or the id of its own pane. */
  readonly pane: string;
  readonly params: readonly StudyParam[];
  readonly lines: readonly StudyLine[];
  readonly fixedDomain: readonly [number, number] | null;
  readonly levels: readonly number[];
  /** Whether it requires candles with traded volume. */
  readonly needsTradedVolume: boolean;
  readonly start: (params: StudyParams, intervalMs: number) => Calculation;
};

/** A parameter that is a number of candles. */
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

/** The value of a parameter, or its initial value if none was chosen. */
export function paramOf(params: StudyParams, { name, initial }: StudyParam): number {
  return params[name] ?? initial;
}
