import { InvalidArgumentError } from 'commander';
import { type Interval, intervalSchema } from '../../shared/domain/interval.ts';
import { t } from '../../shared/messages/message.ts';

/**
 * The interval that a flag names, such as `45m` or `1d`.
 *
 * @throws InvalidArgumentError when it is not an interval
 */
export function intervalArgument(given: string): Interval {
  const parsed = intervalSchema.safeParse(given);
  if (!parsed.success) throw new InvalidArgumentError(t('argument.interval'));
  return parsed.data;
}
