import { InvalidArgumentError } from 'commander';
import { t } from '../../shared/messages/message.ts';

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * The length of time that a flag names, in milliseconds: `45m`, `1h`, `7d`.
 *
 * @throws InvalidArgumentError when it is none
 */
export function durationArgument(given: string): number {
  const [, count, unit = ''] = /^([1-9]\d*)([mhdw])$/.exec(given) ?? [];
  if (count !== undefined) return Number(count) * (UNITS_MS[unit] ?? 0);
  throw new InvalidArgumentError(t('argument.interval'));
}

/**
 * The instant that a flag names, in milliseconds since the epoch: an ISO 8601 date or time, or how long before now, as `7d`.
 *
 * @throws InvalidArgumentError when it is neither
 */
export function timeArgument(given: string): number {
  const [, count, unit = ''] = /^(\d+)([mhdw])$/.exec(given) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (UNITS_MS[unit] ?? 0);
  const time = /^\d{4}-\d\d-\d\d/.test(given) ? Date.parse(given) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new InvalidArgumentError(t('argument.time'));
}
