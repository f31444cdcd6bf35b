import { type Message, message } from '../../../../../shared/messages/message.ts';
import { MessageError } from '../../../../../shared/messages/message-error.ts';
import type { Cell } from '../input/row.ts';
import { quoted } from './number-cell.ts';
import { type TimeUnit, timeOfCell } from './time-cell.ts';

/** Reads the times of a file, which must all have the same notation. */
export type TimeCheck = {
  /**
   * Returns the time in microseconds since the epoch, or what is wrong with it.
   *
   * @throws MessageError when its notation differs from that of earlier times, which makes the whole file doubtful
   */
  read(cell: Cell, line: number): number | Message;
};

/** Tolerance for differences between clocks. */
const TOLERANCE_US = 60e6;

/** @param now in milliseconds since the epoch; later times are invalid */
export function createTimeCheck(now: number): TimeCheck {
  let seen: { readonly unit: TimeUnit; readonly line: number } | null = null;
  const latest = now * 1_000 + TOLERANCE_US;
  return {
    read(cell, line) {
      const time = timeOfCell(cell);
      if (time === null) return message('import.no-time', { text: quoted(cell) });
      seen ??= { unit: time.unit, line };
      if (time.unit !== seen.unit)
        throw new MessageError(
          message('import.mixed-times', {
            line,
            unit: time.unit,
            firstLine: seen.line,
            firstUnit: seen.unit,
          }),
        );
      return time.us > latest ? message('import.future', { text: quoted(cell) }) : time.us;
    },
  };
}
