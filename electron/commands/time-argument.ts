import { InvalidArgumentError } from 'commander';
import { t } from '../../shared/messages/message.ts';

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * The duration that a flag names, in milliseconds: `45m`, `1h`, `7d`.
 *
 * @throws InvalidArgumentError when it is not a duration
 */
export function durationArgument(given: string): number {
  const [, count, unit = ''] = /^([1-9]\d*)([mhdw])$/.exec(given) ?? [];
  if (count !== undefined) return Number(count) * (UNITS_MS[unit] ?? 0);
  throw new InvalidArgumentError(t('argument.interval'));
}

/**
 * The instant that a flag names, in milliseconds since the epoch, not before the epoch: an ISO 8601 date or time, or a duration
 * before now, such as `7d`.
 *
 * @throws InvalidArgumentError when it is neither, or a day that does not exist
 */
export function timeArgument(given: string): number {
  const [, count, unit = ''] = /^(\d+)([mhdw])$/.exec(given) ?? [];
  if (count !== undefined) return Math.max(0, Date.now() - Number(count) * (UNITS_MS[unit] ?? 0));
  const [day = ''] = /^\d{4}-\d\d-\d\d/.exec(given) ?? [];
  const [time, start] = [Date.parse(given), Date.parse(day)];
  // Reject 31 February, which JavaScript would read as a day in March.
  if (!Number.isNaN(time) && !Number.isNaN(start) && new Date(start).toISOString().startsWith(day))
    return Math.max(0, time);
  throw new InvalidArgumentError(t('argument.time'));
}

/**
 * Checks that a time range begins before it ends.
 *
 * @throws InvalidArgumentError naming both
 */
export function checkOrder(from: number, to: number): void {
  if (from < to) return;
  const [start, end] = [new Date(from).toISOString(), new Date(to).toISOString()];
  throw new InvalidArgumentError(t('argument.order', { from: start, to: end }));
}
